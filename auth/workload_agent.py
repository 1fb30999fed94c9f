"""The mesh's agent, spoken with by the library `spiffe`. Importing it imports gRPC."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from spiffe import X509Source

from auth.workload import Papers


class Agent:
    """The Workload API at a socket; the library keeps the papers fresh behind it.

    Args:
        address: As `SPIFFE_ENDPOINT_SOCKET` writes it, for example `unix:///run/agent.sock`.
        within: Seconds to wait for its first word.
    """

    def __init__(self, address: str, within: float) -> None:
        self._source = X509Source(socket_path=address, timeout_in_seconds=within)

    def papers(self) -> Papers:
        """The identity as it is now."""
        context = self._source.get_x509_context()
        svid = context.default_svid
        bundle = self._source.get_bundle_for_trust_domain(svid.spiffe_id.trust_domain)
        pem = serialization.Encoding.PEM
        return Papers(
            str(svid.spiffe_id),
            b"".join(certificate.public_bytes(pem) for certificate in svid.cert_chain),
            svid.private_key.private_bytes(
                pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
            "".join(
                root.public_bytes(pem).decode()
                for root in (bundle.x509_authorities if bundle is not None else ())
            ),
        )

    def close(self) -> None:
        """Let go of it."""
        self._source.close()
