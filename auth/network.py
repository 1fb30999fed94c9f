"""The company's network: proxies, roots of trust, and small requests with a bounded answer.

Every outgoing connection of Portico is built here, so that the corporate proxy, the corporate
certificate authority and the rule "redirects are never followed" hold everywhere. A redirect is an
answer like any other: following one would carry a token to an origin nobody configured.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auth.fault import Fault, Who

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    import httpx2


_BYTES = 4
"""Numbers of an IPv4 address."""


class Unreachable(Fault):
    """Nobody answered at an address: refused, timed out, no such host, or broken TLS."""

    reference = "unreachable"
    who = Who.NOBODY
    remedy = "Check the network or VPN; Portico tries again by itself."


class Offline(Unreachable):
    """Portico is offline, by a person's word; nothing was sent."""

    reference = "offline"
    who = Who.PERSON
    remedy = "Come back with `portico --online`; servers on this computer work meanwhile."


class AnswerGarbled(Unreachable):
    """An answer came, and its compression is broken, so nothing of it can be read."""

    reference = "answer-garbled"
    who = Who.COMPANY
    remedy = "Ask the owner of the endpoint, or of a proxy before it, what compresses its answers."


class AnswerTooLarge(Fault):
    """An endpoint sent more than Portico is willing to hold."""

    reference = "answer-too-large"
    who = Who.COMPANY
    remedy = "Ask the owner of the endpoint why its answer is so large."


class Answer:
    """One complete HTTP answer: `status`, `headers` (lower-case names) and `body`."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


class Network:
    """How this machine reaches the company.

    Args:
        https_proxy: Proxy URL for `https` targets, or None.
        http_proxy: Proxy URL for `http` targets, or None.
        no_proxy: Comma-separated host suffixes that are reached directly, as in `NO_PROXY`.
            Loopback is always reached directly.
        ca_file: PEM file of additional roots; the operating system's own are used without it.
        ca_text: Additional roots themselves, in PEM.
    """

    def __init__(
        self,
        *,
        https_proxy: str | None = None,
        http_proxy: str | None = None,
        no_proxy: str = "",
        ca_file: str | None = None,
        ca_text: str = "",
    ) -> None:
        self._proxies = {"https": https_proxy or None, "http": http_proxy or None}
        self._direct = _suffixes(no_proxy)
        self._ca_file = ca_file or None
        self._ca_text = ca_text
        self._transports: dict[str | None, httpx2.AsyncBaseTransport] = {}
        self.confined = False
        """Whether nothing beyond loopback is reached: Portico is offline."""

    def suggest(self, environment: Mapping[str, str]) -> None:
        """Use the proxy variables of `environment`, if no proxy was configured or suggested."""
        if any(self._proxies.values()):
            return
        for scheme in self._proxies:
            name = f"{scheme}_proxy"
            said = environment.get(name) or environment.get(name.upper()) or ""
            self._proxies[scheme] = _proxy(said)
        if not self._direct:
            self._direct = _suffixes(environment.get("no_proxy") or environment.get("NO_PROXY", ""))

    def route(self, url: str) -> str | None:
        """The proxy URL through which `url` is reached, or None for a direct connection."""
        if on_loopback(url):
            return None
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        for suffix in self._direct:
            if suffix in {"*", host} or host.endswith("." + suffix):
                return None
        return self._proxies.get(parts.scheme)

    def admit(self, url: str) -> None:
        """Check that `url` may be reached now.

        Raises:
            Offline: Portico is offline, and the address is beyond this computer.
        """
        if self.confined and not on_loopback(url):
            host = urlsplit(url).hostname or "that address"
            msg = f"{host} is beyond this computer, and Portico is offline."
            raise Offline(msg)

    def transport(self, url: str) -> httpx2.AsyncBaseTransport:
        """The connection pool for `url`, shared by all targets behind the same route.

        Raises:
            Offline: See `admit`.
        """
        self.admit(url)
        proxy = self.route(url)
        found = self._transports.get(proxy)
        if found is None:
            found = self._transports[proxy] = self._made(proxy)
        return found

    def _made(
        self, proxy: str | None, trust: ssl.SSLContext | None = None
    ) -> httpx2.AsyncBaseTransport:
        # httpx2 takes 80 ms to import, which the first answer to an editor must not wait for.
        import httpx2

        from auth.direct import KEPT, KEPT_SECONDS, DirectTransport

        verify = self._trust() if trust is None else trust
        if proxy is None:
            return DirectTransport(verify)
        return httpx2.AsyncHTTPTransport(
            verify=verify,
            proxy=httpx2.Proxy(proxy),
            limits=httpx2.Limits(
                max_connections=None,
                max_keepalive_connections=KEPT,
                keepalive_expiry=KEPT_SECONDS,
            ),
        )

    def _trust(self) -> ssl.SSLContext | bool:
        if self._ca_file is None and not self._ca_text:
            return True
        import ssl

        context = ssl.create_default_context()
        self.trust_in(context)
        return context

    def trust_in(self, context: ssl.SSLContext) -> None:
        """Have `context` believe the company's roots, too."""
        if self._ca_file is not None or self._ca_text:
            context.load_verify_locations(cafile=self._ca_file, cadata=self._ca_text or None)

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        timeout: float = 10.0,  # noqa: ASYNC109 - given to the transport, which bounds each phase.
        limit: int = 4 * 1024 * 1024,
    ) -> Answer:
        """Send one request and read its whole answer, at most `limit` bytes within `timeout` s.

        Raises:
            Offline: See `admit`.
            Unreachable: Nobody answered in time.
            CertificateNotTrusted: Whoever answered shows a certificate that is not trusted here.
            AnswerGarbled: The answer's compression is broken.
            AnswerTooLarge: The answer is larger than `limit`.
        """
        import asyncio

        import httpx2

        bounds = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout)}
        request = httpx2.Request(
            method,
            url,
            headers=dict(headers or {}),
            content=content,
            extensions=bounds,
        )
        parts = urlsplit(url)
        # Without its query, which may hold what is nobody else's business.
        there = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        try:
            async with asyncio.timeout(timeout):
                response = await self.transport(url).handle_async_request(request)
                try:
                    body = await _bounded(response, limit, there)
                finally:
                    await response.aclose()
        except TimeoutError as late:
            msg = f"{there} did not answer within {timeout:g} seconds."
            raise Unreachable(msg) from late
        except httpx2.DecodingError as garbled:
            msg = f"{there} sent an answer whose compression is broken."
            raise AnswerGarbled(msg) from garbled
        except httpx2.TransportError as broken:
            if (untrusted := await self._untrusted(url, broken)) is not None:
                raise untrusted from broken
            msg = f"{there} could not be reached: {reason(broken)}."
            raise Unreachable(msg) from broken
        return Answer(response.status_code, dict(response.headers.items()), body)

    async def _untrusted(self, url: str, error: Exception) -> Unreachable | None:
        """What to say of a certificate that is not trusted, with its issuer; None if it was not."""
        from auth.certificate import anybody, distrusted, issuer_of, verification

        refused = verification(error)
        if refused is None:
            return None
        parts = urlsplit(url)
        looking = self._made(self.route(url), anybody())
        issuer = await issuer_of(looking, f"{parts.scheme}://{parts.netloc}")
        return distrusted(parts.netloc, issuer, refused)

    async def aclose(self) -> None:
        """Close every pooled connection; later requests open others."""
        transports, self._transports = list(self._transports.values()), {}
        for transport in transports:
            await transport.aclose()


def on_loopback(url: str) -> bool:
    """Whether `url` names this computer itself."""
    host = (urlsplit(url).hostname or "").lower()
    if host in {"localhost", "::1"}:
        return True
    # A name like 127.evil.example only looks like an address; 127.0.0.256 is a name, too, for which
    # a resolver is asked.
    parts = host.split(".")
    return parts[0] == "127" and len(parts) == _BYTES and all(map(_is_byte, parts))


def _is_byte(part: str) -> bool:
    return part.isascii() and part.isdigit() and int(part[:4]) < 1 << 8


def reason(error: BaseException) -> str:
    """Why nobody was reached, in the operating system's words, or by the name of the error."""
    import os
    import socket
    import ssl

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno is not None and cause.strerror:
            # These two count in numbers of their own; asyncio writes addresses into the others.
            own = isinstance(cause, ssl.SSLError | socket.gaierror)
            words = cause.strerror if own else os.strerror(cause.errno)
            return words.strip().rstrip(".").lower()
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


def _proxy(said: str) -> str | None:
    """The proxy that a variable names, or None for none and for kinds Portico does not speak.

    A window's environment is whatever the person's shell made of it; one odd value must not cost
    the whole hub its network.
    """
    url = said if "://" in said or not said else f"http://{said}"
    parts = urlsplit(url)
    try:
        known = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError:
        known = False
    if said and not known:
        logging.getLogger("portico.network").warning("a proxy variable is not understood")
    return url if known else None


def _suffixes(no_proxy: str) -> tuple[str, ...]:
    return tuple(s.strip().lstrip(".").lower() for s in no_proxy.split(",") if s.strip())


async def _bounded(response: httpx2.Response, limit: int, there: str) -> bytes:
    """Read `response` whole; the cap counts decoded bytes, which is what memory pays for."""
    parts: list[bytes] = []
    held = 0
    async for part in response.aiter_bytes():
        held += len(part)
        if held > limit:
            msg = f"{there} sent more than {limit} bytes."
            raise AnswerTooLarge(msg)
        parts.append(part)
    return b"".join(parts)
