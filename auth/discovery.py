"""Where the company's issuer does what, as its discovery document says.

Source: OpenID Connect Discovery 1.0 §3 and §4.3, RFC 8414, RFC 9207 §3. The document comes from the
configured issuer alone; nothing that a server says ever names another one.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auth.fault import Fault, Who
from auth.network import Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.network import Answer, Network

FRESH = 3600.0
KEYS_FRESH = 300.0
KEYS_KEPT = 86400.0
"""Seconds that keys serve while the issuer does not answer."""
KEYS_ANEW_EVERY = 5.0
"""Seconds between two fetches for the sake of a key that is not known: made-up key ids must not
flood the issuer, and one that has just begun to sign with another key must not be refused."""
OK = 200


class IssuerMisconfigured(Fault):
    """The issuer does not say, or says wrongly, how to sign in."""

    reference = "issuer-misconfigured"
    who = Who.COMPANY
    remedy = "Ask your platform team to check the issuer in Portico's configuration."


@dataclass(frozen=True, slots=True)
class Provider:
    """The endpoints of one issuer.

    Attributes:
        authorization: Where the person signs in.
        token: Where codes and refresh tokens are spent.
        keys: Where the issuer's public keys are (JWK Set).
        revocation: Where a refresh token is ended (RFC 7009), or None.
        device: Where a code to type elsewhere is given out (RFC 8628), or None.
        names_itself: Whether the issuer promises its name in the answer (RFC 9207).
    """

    authorization: str
    token: str
    keys: str
    revocation: str | None
    names_itself: bool
    device: str | None = None


class Issuer:
    """One issuer; what it published is fetched when needed and kept for a while.

    Args:
        url: The issuer as configured.
        network: How to reach it.
        clock: Seconds; only differences count.
    """

    def __init__(
        self, url: str, network: Network, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.url = url
        self.network = network
        self._clock = clock
        self._provider: tuple[float, Provider] | None = None
        self._keys: tuple[float, list[dict[str, object]]] | None = None
        self._anew_at = float("-inf")

    async def provider(self, *, anew: bool = False) -> Provider:
        """The issuer's endpoints, at most an hour old, or older while it does not answer.

        Args:
            anew: Whether only what the issuer says now will do.

        Raises:
            IssuerMisconfigured: The issuer's address or its document cannot be used.
            Unreachable: Nobody answered, and nothing is remembered that will do.
        """
        kept = None if anew else self._provider
        if kept is not None and self._clock() - kept[0] < FRESH:
            return kept[1]
        check_address(self.url, self.url, "issuer")
        try:
            found = read_provider(
                await self._fetch(self.url.rstrip("/") + "/.well-known/openid-configuration"),
                self.url,
            )
        except Unreachable:
            if kept is None:
                raise
            return kept[1]
        self._provider = (self._clock(), found)
        return found

    async def keys(self, *, anew: bool = False) -> list[dict[str, object]]:
        """The issuer's public keys as JWKs, at most five minutes old.

        While the issuer does not answer, those of the last day serve.

        Args:
            anew: Whether a key is missing, so that they are fetched again if that was not just so.

        Raises:
            IssuerMisconfigured: There is no key set at the address that the issuer names.
            Unreachable: Nobody answered, and nothing is remembered that will do.
        """
        kept, now = self._keys, self._clock()
        if kept is not None and self._serves(now - kept[0], now, anew=anew):
            return kept[1]
        if anew:
            self._anew_at = now
        url = (await self.provider()).keys
        try:
            document = await self._fetch(url)
        except Unreachable:
            if kept is None or now - kept[0] >= KEYS_KEPT:
                raise
            return kept[1]
        keys = document.get("keys")
        if not isinstance(keys, list):
            msg = f"The issuer {self.url} publishes no `keys` at {url}."
            raise IssuerMisconfigured(msg)
        found = [key for key in keys if isinstance(key, dict)]
        self._keys = (now, found)
        return found

    def _serves(self, age: float, now: float, *, anew: bool) -> bool:
        """Whether keys of this age are not fetched again."""
        if anew:
            return now - self._anew_at < KEYS_ANEW_EVERY
        return age < KEYS_FRESH

    async def _fetch(self, url: str) -> dict[str, object]:
        answer = await self.network.request("GET", url, headers={"accept": "application/json"})
        if answer.status >= 500 or answer.status == 429:  # noqa: PLR2004 - HTTP's own numbers.
            msg = f"{urlsplit(url).netloc} answered with HTTP {answer.status}."
            raise Unreachable(msg)
        document = json_object(answer)
        if answer.status != OK or document is None:
            msg = f"{url} answered with HTTP {answer.status} and no JSON document to sign in by."
            raise IssuerMisconfigured(msg)
        return document


def read_provider(document: dict[str, object], issuer: str) -> Provider:
    """The endpoints in a discovery document, each checked.

    A document that lists PKCE methods without S256 is refused; one that lists none is not, because
    well-known issuers support PKCE without saying so, and the others ignore it.

    Raises:
        IssuerMisconfigured: It is another issuer's, or an endpoint is missing or unsafe.
    """
    if document.get("issuer") != issuer:
        # Exact, as the specification demands: an issuer that only looks alike may be another's.
        msg = (
            f"The document at {issuer} belongs to another issuer: {document.get('issuer')!r:.200}."
        )
        raise IssuerMisconfigured(msg)
    methods = document.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        msg = f"The issuer {issuer} does not support PKCE with S256."
        raise IssuerMisconfigured(msg)
    promised = document.get("authorization_response_iss_parameter_supported")
    return Provider(
        authorization=_endpoint(document, "authorization_endpoint", issuer),
        token=_endpoint(document, "token_endpoint", issuer),
        keys=_endpoint(document, "jwks_uri", issuer),
        revocation=_optional(document, "revocation_endpoint", issuer),
        names_itself=promised in (True, "true"),
        device=_optional(document, "device_authorization_endpoint", issuer),
    )


def _optional(document: dict[str, object], name: str, issuer: str) -> str | None:
    return _endpoint(document, name, issuer) if document.get(name) else None


def _endpoint(document: dict[str, object], name: str, issuer: str) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        msg = f"The issuer {issuer} names no {name}."
        raise IssuerMisconfigured(msg)
    check_address(value, issuer, name)
    return value


def check_address(url: str, issuer: str, name: str) -> None:
    """Refuse an address that is not https; http serves on loopback, for a loopback issuer.

    Raises:
        IssuerMisconfigured: It may not be used.
    """
    try:
        parts, home = urlsplit(url), urlsplit(issuer)
        local = parts.scheme == "http" and _loopback(parts.hostname) and _loopback(home.hostname)
        sound = (parts.scheme == "https" or local) and bool(parts.hostname)
        sound = sound and "@" not in parts.netloc and not parts.fragment and url.isprintable()
        sound = sound and " " not in url and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        msg = (
            f"The {name} of the issuer is not an https address that Portico may use: {url!r:.200}."
        )
        raise IssuerMisconfigured(msg)


def _loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def json_object(answer: Answer) -> dict[str, object] | None:
    """The JSON object that `answer` holds, or None. Nesting and size are bounded by the network."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
