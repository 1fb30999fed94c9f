"""The chain that a sign-in hangs on, walked link by link: what was expected, and what was found.

Each link needs the one before it, so the first that fails is the one to mend, and what comes after
it on the way to the issuer is not tried. The clock and the keyring are looked at in any case.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from auth.certificate import CertificateNotTrusted
from auth.discovery import check_address, json_object, read_provider
from auth.errand import Errand
from auth.fault import Fault, Who
from auth.id_token import ALGORITHMS, LEEWAY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from auth.discovery import Issuer
    from auth.network import Answer

NAME_WITHIN = 5.0
"""Seconds that a name has to be resolved."""

_OK = 200
_CLOSE = 10.0
"""Seconds between two clocks that nobody needs to hear of."""

State = Literal["ok", "warning", "failed", "skipped"]


class NameUnknown(Fault):
    """The name of a host leads to no address."""

    reference = "name-unknown"
    who = Who.NOBODY
    remedy = "Check the network or VPN: only there may your company's names be known."


class ClockWrong(Fault):
    """This computer's clock and the issuer's are too far apart for tokens to be believed."""

    reference = "clock-wrong"
    who = Who.PERSON
    remedy = "Let this computer set its clock by the network."


class KeysUnusable(Fault):
    """The issuer publishes no key by which Portico can check who signed in."""

    reference = "keys-unusable"
    who = Who.COMPANY
    remedy = "Ask your platform team which keys its issuer publishes."


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One link.

    Attributes:
        name: Its name.
        expected: What should be so, as a sentence.
        state: What it is; `skipped` where a link before it failed.
        found: What was found, as a sentence.
        fault: What is wrong, where something is.
    """

    name: str
    expected: str
    state: State
    found: str
    fault: Fault | None = None


class Walk:
    """One walk.

    Args:
        issuer: Where people sign in.
        storage: Where the sign-in is kept, once that was looked up.
        renew: Spends the refresh token once; None where nobody is signed in.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        issuer: Issuer,
        storage: Callable[[], Awaitable[str]],
        renew: Callable[[], Awaitable[object]] | None,
        clock: Callable[[], float],
    ) -> None:
        self._issuer = issuer
        self._storage = storage
        self._renew = renew
        self._clock = clock
        self._document: Answer | None = None
        self._reached = True

    async def links(self) -> list[ChainLink]:
        """Every link, in the order of the way."""
        host = urlsplit(self._issuer.url).netloc
        found = [
            await self._try("name", f"The host of {host} has an address.", self._name),
            await self._try("connection", f"{host} answers{self._sealed}.", self._ask),
            await self._try("discovery", "The issuer says how to sign in.", self._discover),
            await self._try("keys", "It publishes keys that Portico accepts.", self._keys),
        ]
        found.append(self._time())
        found.append(await self._kept())
        found.append(await self._refreshed())
        return found

    @property
    def _sealed(self) -> str:
        return ", by a trusted certificate" if self._issuer.url.startswith("https:") else ""

    async def _try(self, name: str, expected: str, look: Callable[[], Awaitable[str]]) -> ChainLink:
        if not self._reached:
            return ChainLink(name, expected, "skipped", "A step before it failed.")
        try:
            return ChainLink(name, expected, "ok", await look())
        except Fault as fault:
            self._reached = False
            return ChainLink(name, expected, "failed", fault.message, fault)

    async def _name(self) -> str:
        check_address(self._issuer.url, self._issuer.url, "issuer")
        self._issuer.network.admit(self._issuer.url)
        proxy = self._issuer.network.route(self._issuer.url)
        parts = urlsplit(proxy or self._issuer.url)
        host = parts.hostname or ""
        port = parts.port or {"http": 80}.get(parts.scheme, 443)

        def resolve() -> int:
            return len({where[4][0] for where in socket.getaddrinfo(host, port)})

        try:
            # A resolver that hangs must not hold up the end of the hub.
            count = await Errand(resolve).run(NAME_WITHIN)
        except TimeoutError:
            msg = f"No answer within {NAME_WITHIN:g} seconds to where {host} is."
            raise NameUnknown(msg) from None
        except (OSError, UnicodeError) as wrong:
            msg = f"{host} leads to no address ({type(wrong).__name__})."
            raise NameUnknown(msg) from None
        by = "the proxy " if proxy else ""
        return f"{by}{host} has {count} address{'' if count == 1 else 'es'}."

    async def _ask(self) -> str:
        url = self._issuer.url.rstrip("/") + "/.well-known/openid-configuration"
        headers = {"accept": "application/json"}
        try:
            self._document = await self._issuer.network.request("GET", url, headers=headers)
        except CertificateNotTrusted:
            raise
        except Fault as fault:
            proxy = self._issuer.network.route(url)
            way = f" The way there is by the proxy {urlsplit(proxy).netloc}." if proxy else ""
            fault.message += way
            raise
        sealed = "over TLS" if url.startswith("https:") else "on this computer, without TLS"
        return f"It answered with HTTP {self._document.status}, {sealed}."

    async def _discover(self) -> str:
        answer = self._document
        document = json_object(answer) if answer is not None and answer.status == _OK else None
        if document is None:
            await self._issuer.provider(anew=True)  # It has the words for what came instead.
            return "It answers by now."
        provider = read_provider(document, self._issuer.url)
        ways = ["a page"] + (["a code"] if provider.device else [])
        return f"By {' or '.join(ways)}; tokens come from {urlsplit(provider.token).netloc}."

    async def _keys(self) -> str:
        await self._issuer.provider()
        keys = await self._issuer.keys(anew=True)
        kinds = {"EC", "RSA", "OKP"}
        usable = [key for key in keys if key.get("kty") in kinds and key.get("use", "sig") == "sig"]
        if not usable:
            msg = f"Of {len(keys)} keys none is of a kind that Portico accepts."
            raise KeysUnusable(msg, data={"accepted": sorted(ALGORITHMS)})
        return f"{len(usable)} of {len(keys)} keys can be used."

    def _time(self) -> ChainLink:
        expected = f"This computer's clock is within {LEEWAY} seconds of the issuer's."
        said = self._document.headers.get("date", "") if self._document is not None else ""
        try:
            apart = self._clock() - parsedate_to_datetime(said).timestamp()
        except (ValueError, TypeError):
            return ChainLink(
                "clock", expected, "skipped", "The issuer did not say what time it is."
            )
        ahead = f"It is {abs(apart):.0f} seconds {'ahead of' if apart > 0 else 'behind'} it."
        if abs(apart) <= _CLOSE:
            return ChainLink("clock", expected, "ok", "It is.")
        if abs(apart) <= LEEWAY:
            return ChainLink("clock", expected, "warning", ahead, ClockWrong(ahead))
        return ChainLink("clock", expected, "failed", ahead, ClockWrong(ahead))

    async def _kept(self) -> ChainLink:
        expected = "A keyring of the operating system seals the sign-in."
        kind = await self._storage()
        if kind == "keyring":
            return ChainLink("keyring", expected, "ok", "It does.")
        from auth.vault_key import NoKeyring

        where = "in memory, until the hub ends"
        if kind == "unencrypted-file":
            where = "in a file that is not encrypted, as portico.toml says"
        found = f"No keyring can be used, so the sign-in is kept {where}."
        return ChainLink("keyring", expected, "warning", found, NoKeyring(found))

    async def _refreshed(self) -> ChainLink:
        expected = "The issuer gives a new token for the sign-in."
        renew = self._renew
        if renew is None:
            return ChainLink(
                "refresh", expected, "skipped", "Nobody is signed in: `portico login`."
            )

        async def once() -> str:
            # Shielded: a refresh that is cut off loses the token that it rotated.
            await asyncio.shield(asyncio.ensure_future(renew()))
            return "It gave one just now."

        return await self._try("refresh", expected, once)
