"""The identity of this machine or container in its service mesh: an X.509-SVID as TLS client.

Source: SPIFFE Workload API and X509-SVID. The agent is at the Unix socket that
`SPIFFE_ENDPOINT_SOCKET` names; it gives a certificate, its key and the roots of its trust domain,
and others before they end. It is who the *machine* is, never who the person is: it is no way to be
somebody when a sign-in failed, and nothing here knows of the person at all.

The library `spiffe` speaks with the agent. It is an extra (`portico[mesh]`, 18 MB of gRPC), and
imported in a thread when a server of the mesh is first met.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import ssl
import tempfile
from typing import TYPE_CHECKING, Protocol, cast

from auth.errand import Errand
from auth.fault import Fault, Who
from auth.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2

SOCKET = "SPIFFE_ENDPOINT_SOCKET"
WITHIN = 5.0
"""Seconds that the agent has for its first word."""


class WorkloadUnknown(Fault):
    """This machine has no identity in the mesh, or its agent gives none to this user."""

    reference = "workload-unknown"
    who = Who.COMPANY
    remedy = "Ask your platform team to register this workload with the mesh's agent."


class Papers:
    """One identity, as it was given.

    Attributes:
        name: The SPIFFE ID.
        chain: The certificate and those above it, in PEM.
        key: Its private key, in PEM.
        roots: The roots of its trust domain, in PEM.
    """

    __slots__ = ("chain", "key", "name", "roots")

    def __init__(self, name: str, chain: bytes, key: bytes, roots: str) -> None:
        self.name = name
        self.chain = chain
        self.key = key
        self.roots = roots


class Source(Protocol):
    """Where papers come from; every call may block."""

    def papers(self) -> Papers:
        """The identity as it is now.

        Raises:
            Exception: There is none.
        """

    def close(self) -> None:
        """Let go of the agent."""


class WorkloadNetwork(Network):
    """The way to servers of the mesh: connections that show this machine's certificate.

    It is a grant, too (`proxy.upstream.contract.Grant`), whose token is none: the certificate says
    who asks. So whoever wants to send waits for papers first, and a refusal is not tried again.

    Args:
        base: The company's network, whose roots and proxies hold here as well.
        source: Makes what speaks with the agent.
    """

    def __init__(self, base: Network, source: Callable[[], Source] | None = None) -> None:
        super().__init__()
        self._base = base
        self._open_source = source or agent
        self._source: Source | None = None
        self._chain = b""
        self._turn = asyncio.Lock()
        self.name = ""
        """The SPIFFE ID, once there is one."""

    def route(self, url: str) -> str | None:
        """As the company's network; a proxy passes TLS through."""
        return self._base.route(url)

    def admit(self, url: str) -> None:
        """As the company's network."""
        self._base.admit(url)

    async def token(self) -> None:
        """See that there are papers, and take new ones where the agent has given them.

        Raises:
            WorkloadUnknown: There are none.
        """
        async with self._turn:
            try:
                found = await Errand(self._papers).run(WITHIN * 2)
            except WorkloadUnknown:
                raise
            except TimeoutError:
                msg = f"The mesh's agent at {_where()} did not answer within {WITHIN:g} seconds."
                raise WorkloadUnknown(msg) from None
            except Exception as wrong:  # noqa: BLE001 - told as one fault.
                # The library's errors have no root in common, and their texts may name keys.
                msg = f"The mesh's agent at {_where()} gave no identity ({type(wrong).__name__})."
                raise WorkloadUnknown(msg) from None
            if found.chain != self._chain:
                self._trusting = await Errand(lambda: self._context(found)).run(WITHIN)
                stale, self._transports = list(self._transports.values()), {}
                self._chain, self.name = found.chain, found.name
                for transport in stale:
                    await transport.aclose()

    async def again(self, token: object, status: int, header: str, tried: int = 0) -> None:
        """Nothing: another identity would be another one's."""

    def transport(self, url: str) -> httpx2.AsyncBaseTransport:
        """What carries the next request, whichever papers it is made with then."""
        self.admit(url)
        inner = super().transport
        # It has what connections use of a transport; the class itself would cost an import here.
        return cast("httpx2.AsyncBaseTransport", _Current(lambda: inner(url)))

    def _trust(self) -> ssl.SSLContext | bool:
        return self._trusting

    def _papers(self) -> Papers:
        if self._source is None:
            self._source = self._open_source()
        return self._source.papers()

    def _context(self, papers: Papers) -> ssl.SSLContext:
        """A client that shows the papers, and believes the trust domain's roots and the company's.

        Python reads a key from a file alone. It is encrypted there with a word that nobody keeps,
        in a folder of this user's, and gone at once.
        """
        from cryptography.hazmat.primitives import serialization

        context = ssl.create_default_context()
        self._base.trust_in(context)
        context.load_verify_locations(cadata=papers.roots)
        word = secrets.token_bytes(32)
        key = serialization.load_pem_private_key(papers.key, None)
        sealed = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(word),
        )
        with tempfile.NamedTemporaryFile(prefix="portico-") as file:
            file.write(papers.chain + sealed)
            file.flush()
            context.load_cert_chain(file.name, password=word)
        return context

    async def aclose(self) -> None:
        """Close every connection, and let go of the agent."""
        await super().aclose()
        if self._source is not None:
            source, self._source = self._source, None
            await asyncio.to_thread(source.close)

    _trusting: ssl.SSLContext


class _Current:
    """A transport that asks for the one that is good now, at each request."""

    def __init__(self, current: Callable[[], httpx2.AsyncBaseTransport]) -> None:
        self._current = current

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request."""
        return await self._current().handle_async_request(request)

    async def aclose(self) -> None:
        """The network closes what it made."""


def agent() -> Source:
    """The agent at the socket that the environment names. Blocks.

    Raises:
        WorkloadUnknown: The extra is not installed, or no socket is named.
    """
    if not os.environ.get(SOCKET):
        msg = f"This machine names no agent of a mesh ({SOCKET} is not set)."
        raise WorkloadUnknown(msg)
    try:
        from auth.workload_agent import Agent
    except ImportError:
        msg = "Portico is installed without its extra `mesh`, which speaks with the mesh's agent."
        raise WorkloadUnknown(
            msg, remedy="Have Portico installed again with its extra `mesh`."
        ) from None
    return Agent(os.environ[SOCKET], WITHIN)


def _where() -> str:
    return os.environ.get(SOCKET, "no socket")[:200]
