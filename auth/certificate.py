"""What a host's certificate says, when this computer does not trust it.

Companies look into TLS with an authority of their own. Where its root is missing here, "certificate
verify failed" helps nobody: whoever reads the message needs the authority's name, to look for its
root or to send the name to somebody who has it.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

from auth.fault import Who
from auth.network import Unreachable

if TYPE_CHECKING:
    import httpx2

LOOK_WITHIN = 5.0
EXPIRED = {9, 10}
"""OpenSSL's codes for certificates that are not valid yet, or no more."""
ANOTHER_NAME = {62, 64}
"""And for those of another host or address."""


class CertificateNotTrusted(Unreachable):
    """A host's certificate is not one that this computer trusts, so nothing was sent."""

    reference = "certificate-not-trusted"
    who = Who.COMPANY
    remedy = (
        "Have that authority's root installed on this computer, or name its PEM file as `ca_file` "
        "under [network] in portico.toml."
    )


def verification(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """The refusal of a certificate that caused `error`, or None if something else did."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        error = error.__cause__ or error.__context__
    return None


def distrusted(
    host: str, issuer: str, error: ssl.SSLCertVerificationError
) -> CertificateNotTrusted:
    """The fault for a certificate.

    Args:
        host: Who showed it.
        issuer: By whom it is issued; empty where that could not be seen.
        error: What is wrong with it.
    """
    by = f", issued by {issuer}," if issuer else ""
    msg = f"The certificate of {host}{by} is not trusted here: {error.verify_message}."
    data = {"issuer": issuer} if issuer else {}
    if error.verify_code in EXPIRED:
        remedy = f"Check this computer's clock; if it is right, tell whoever runs {host}."
        return CertificateNotTrusted(msg, remedy=remedy, data=data)
    if error.verify_code in ANOTHER_NAME:
        remedy = (
            f"Check the address; if it is right, tell whoever runs {host}, or a proxy before it."
        )
        return CertificateNotTrusted(msg, remedy=remedy, data=data)
    return CertificateNotTrusted(msg, data=data)


def anybody() -> ssl.SSLContext:
    """Trust in any certificate, to read one that is not trusted; nothing of worth goes there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def issuer_of(transport: httpx2.AsyncBaseTransport, origin: str) -> str:
    """By whom the certificate at `origin` is issued, as a name for people; empty if unseen.

    Nothing of anybody's is sent there: the one request has no path, no body and no credential.

    Args:
        transport: A connection pool that trusts any certificate, used for this alone.
        origin: Scheme, host and port.
    """
    import httpx2

    bounds = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), LOOK_WITHIN)}
    try:
        async with asyncio.timeout(LOOK_WITHIN):
            request = httpx2.Request("HEAD", origin, extensions=bounds)
            answer = await transport.handle_async_request(request)
            stream = answer.extensions.get("network_stream")
            sealed = stream.get_extra_info("ssl_object") if stream is not None else None
            shown = sealed.getpeercert(binary_form=True) if sealed is not None else None
            await answer.aclose()
    except (TimeoutError, OSError, httpx2.TransportError):
        return ""
    finally:
        await transport.aclose()
    return await asyncio.to_thread(name_of_issuer, shown) if shown else ""


def name_of_issuer(certificate: bytes) -> str:
    """The issuer that a DER certificate names: its common name and organisation, one line."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        issuer = x509.load_der_x509_certificate(certificate).issuer
    except ValueError:
        return ""
    parts = [
        str(found.value)
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for found in issuer.get_attributes_for_oid(oid)[:1]
    ]
    text = ", ".join(parts)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:120]
