"""A mesh on this machine: its authority, its agent's Workload API on a Unix socket, and a server.

The protocols are real (gRPC by the stubs of `spiffe`, TLS by the standard library); that the agent
gives papers to whoever asks is not.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ipaddress
import queue
import ssl
from concurrent import futures
from typing import TYPE_CHECKING, Any

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from spiffe._proto import workload_pb2 as messages
from spiffe._proto import workload_pb2_grpc as rpc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

DOMAIN = "spiffe://corp.example"
PEM = serialization.Encoding.PEM


class Authority:
    """Issues the certificates of one trust domain."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._issue("ca", self.key, DOMAIN, authority=True)

    def papers(self, path: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """A certificate for this path of the domain, also good for a server on loopback."""
        key = ec.generate_private_key(ec.SECP256R1())
        return self._issue("leaf", key, f"{DOMAIN}{path}", authority=False), key

    def _issue(
        self, name: str, key: ec.EllipticCurvePrivateKey, uri: str, *, authority: bool
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        issuer = self.certificate.subject if not authority else _name(name)
        names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri)]
        if not authority:
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(_usage(authority=authority), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


class Agent(rpc.SpiffeWorkloadAPIServicer):
    """The Workload API: a stream that says the papers, and others when they change."""

    def __init__(self, authority: Authority, socket: Path) -> None:
        self.address = f"unix://{socket}"
        self._authority = authority
        self._said: queue.Queue[Any] = queue.Queue()
        self._server = grpc.server(futures.ThreadPoolExecutor(2))
        add: Any = rpc.add_SpiffeWorkloadAPIServicer_to_server  # it has no types
        add(self, self._server)
        self._server.add_insecure_port(f"unix:{socket}")
        self._server.start()

    def give(self, path: str) -> None:
        """Give other papers from now on."""
        leaf, key = self._authority.papers(path)
        self._said.put(
            messages.X509SVID(
                spiffe_id=f"{DOMAIN}{path}",
                x509_svid=leaf.public_bytes(serialization.Encoding.DER),
                x509_svid_key=key.private_bytes(
                    serialization.Encoding.DER,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                ),
                bundle=self._authority.certificate.public_bytes(serialization.Encoding.DER),
            )
        )

    def FetchX509SVID(self, request: object, context: Any) -> Iterator[Any]:  # noqa: ANN401, N802, ARG002
        """As the protocol has it, the header that keeps browsers out included."""
        header = dict(context.invocation_metadata()).get("workload.spiffe.io")
        if header != "true":
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the security header is missing")
        while (found := self._said.get()) is not None:
            yield messages.X509SVIDResponse(svids=[found])

    def stop(self) -> None:
        """End every stream and the server."""
        for _ in range(4):
            self._said.put(None)
        self._server.stop(None).wait()


@contextlib.asynccontextmanager
async def served(authority: Authority, folder: Path) -> AsyncIterator[tuple[str, list[str]]]:
    """A TLS server that admits only certificates of the domain; its URL, and who asked it."""
    leaf, key = authority.papers("/gateway")
    file = folder / "server.pem"
    file.write_bytes(
        leaf.public_bytes(PEM)
        + key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=authority.certificate.public_bytes(PEM).decode())
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        peer = writer.get_extra_info("peercert")
        [uri] = [value for kind, value in peer["subjectAltName"] if kind == "URI"]
        asked.append(f"{uri}{' with a token' if b'authorization:' in head.lower() else ''}")
        body = uri.encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: %d\r\n"
            b"connection: close\r\n\r\n%b" % (len(body), body)
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
