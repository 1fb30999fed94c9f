"""Reading the registry: `GET {registry}/v0.1/servers`, page by page, with ETags.

Redirects are never followed, the next page is only ever asked for at the same address, and the
user's token is shown to the registry only where the company's configuration names its origin.
"""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode, urlsplit

from auth.fault import Fault
from auth.network import AnswerGarbled, AnswerTooLarge
from proxy import wire
from proxy.address import BadAddress, origin
from proxy.registry.entry import trim
from proxy.registry.fault import (
    RegistryForbidden,
    RegistryMalformed,
    RegistrySignInNeeded,
    RegistryUnreachable,
)
from proxy.registry.last_good import LastGood
from proxy.registry.listing import Copy, Page, follow, listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.network import Answer, Network
    from auth.seal import Seal
    from auth.secret import Secret
    from proxy.configuration import Company
    from proxy.registry.listing import Listing

log = logging.getLogger("portico.registry")

PATIENCE = 30.0
"""Seconds that reading the whole list may take."""

PAGES = 50
"""Pages at most; 100 servers each."""

_PAGE_SIZE = 100
_BYTES = 16 * 1024 * 1024
_CURSOR_LIMIT = 1000
_ETAG_LIMIT = 200


class Registry:
    """The company's registry, as one hub reads it.

    Args:
        company: Names the registry and the origins that may receive a token.
        network: How it is reached.
        directory: Where last good answers are kept, readable by this user alone.
        clock: Unix seconds.
        seal: What marks last good answers as ours; None in a test.
    """

    def __init__(
        self,
        company: Company,
        *,
        network: Network,
        directory: str,
        clock: Callable[[], float],
        seal: Seal | None = None,
    ) -> None:
        self._seal = seal
        self._company = company
        self._network = network
        self._clock = clock
        self._kept = LastGood(directory, company.registry, company.governance_key, seal)
        self._host = urlsplit(company.registry).netloc
        self._told: dict[str, Copy] = {}
        """User -> what the registry told this process, which alone is worth an ETag."""
        # Two refreshes at once would overwrite each other's memory of who left.
        self._turn = asyncio.Lock()

    def last_good(self, identity_key: str) -> Listing | None:
        """What the registry last told this user, from disk; its age is in `fetched_at`.

        Args:
            identity_key: `Identity.key`, or one fixed word for whoever is not signed in.
        """
        copy = self._told.get(identity_key) or self._kept.load(identity_key)
        return listing(copy, self._company.governance_key) if copy is not None else None

    async def unseal(self) -> None:
        """Have the keyring say which last good answers are ours; from then on no other is used."""
        if self._seal is not None:
            await self._seal.open()

    async def refresh(self, identity_key: str, token: Secret | None) -> Listing:
        """Ask the registry; what is unchanged by its ETag is not sent again.

        Args:
            identity_key: As for `last_good`.
            token: A token of the registry's audience, or None for an anonymous look.

        Raises:
            RegistryUnreachable: Nobody answered in time, or the registry is in trouble.
            RegistrySignInNeeded: It wants another token than this.
            RegistryForbidden: It knows the user and refuses.
            RegistryMalformed: It is no registry of API v0.1.
        """
        async with self._turn:
            previous = self._told.get(identity_key)
            if previous is None:
                previous = await asyncio.to_thread(self._kept.load, identity_key)
            shown = token if self._may_see_token() else None
            if token is not None and shown is None:
                log.warning("%s gets no token: it is not in token_origins", self._host)
            signed = shown is not None
            # An anonymous page and a signed one may share an ETag, and are not the same page. And
            # what the disk holds is not confirmed: whoever changed it there would have their rules
            # taken for the registry's for as long as these do not change.
            told = self._told.get(identity_key)
            old = told.pages if told is not None and told.signed == signed else ()
            try:
                async with asyncio.timeout(PATIENCE):
                    pages = await self._pages({page.cursor: page for page in old}, shown)
            except TimeoutError:
                msg = f"The registry {self._host} took longer than {PATIENCE:g} seconds."
                raise RegistryUnreachable(msg) from None
            fresh = Copy(pages=pages, signed=signed, fetched_at=self._clock())
            copy = follow(previous, fresh, self._company.governance_key)
            self._told = {identity_key: copy}
            try:
                await asyncio.to_thread(self._kept.save, identity_key, copy)
            except OSError as full:
                log.warning("the registry's answer could not be kept: %s", full)
            return listing(copy, self._company.governance_key)

    def _may_see_token(self) -> bool:
        try:
            return origin(self._company.registry) in self._company.token_origins
        except BadAddress:
            return False

    async def _pages(self, known: dict[str, Page], token: Secret | None) -> tuple[Page, ...]:
        pages: list[Page] = []
        asked: set[str] = set()
        cursor, left = "", _BYTES
        while not pages or cursor:
            if cursor in asked or len(pages) == PAGES:
                self._malformed("sends a page twice, or more pages than Portico reads")
            asked.add(cursor)
            answer = await self._ask(cursor, known.get(cursor), token)
            left -= len(answer.body)
            if left < 0:
                self._malformed(f"sent more than {_BYTES} bytes")
            pages.append(self._page(cursor, answer, known.get(cursor)))
            cursor = pages[-1].next_cursor
        return tuple(pages)

    async def _ask(self, cursor: str, known: Page | None, token: Secret | None) -> Answer:
        query = {"limit": str(_PAGE_SIZE), "version": "latest"}
        if cursor:
            query["cursor"] = cursor
        headers = {"Accept": "application/json"}
        if known is not None and known.etag:
            headers["If-None-Match"] = known.etag
        if token is not None:
            headers["Authorization"] = f"Bearer {token.reveal()}"
        url = f"{self._company.registry.rstrip('/')}/v0.1/servers?{urlencode(query)}"
        try:
            return await self._network.request("GET", url, headers=headers)
        except AnswerTooLarge as large:
            raise RegistryMalformed(f"The registry answered too much: {large}") from large
        except AnswerGarbled:
            self._malformed("sent an answer whose compression is broken")
        except Fault as broken:
            raise RegistryUnreachable(f"The registry did not answer: {broken}") from broken

    def _page(self, cursor: str, answer: Answer, known: Page | None) -> Page:
        if answer.status == HTTPStatus.NOT_MODIFIED and known is not None:
            return known
        self._check(answer.status)
        try:
            body = wire.decode(answer.body)
        except wire.NotJson as wrong:
            self._malformed(f"sent something that is not JSON ({wrong})")
        servers = body.get("servers") if isinstance(body, dict) else None
        if not isinstance(servers, list):
            self._malformed("sent JSON that is no list of servers")
        metadata = body.get("metadata")
        following = metadata.get("nextCursor") if isinstance(metadata, dict) else ""
        if not isinstance(following or "", str) or len(following or "") > _CURSOR_LIMIT:
            self._malformed("sent a cursor that is no short text")
        kept = [trim(server, self._company.governance_key) for server in servers]
        lost = kept.count(None)
        if lost:
            # One bad entry must not empty everybody's list.
            log.warning("%s: %d entries have no readable name and are left out", self._host, lost)
        etag = answer.headers.get("etag", "")
        usable = etag.isascii() and etag.isprintable() and len(etag) <= _ETAG_LIMIT
        return Page(
            cursor=cursor,
            etag=etag if usable else "",
            next_cursor=following or "",
            servers=tuple(server for server in kept if server is not None),
        )

    def _check(self, status: int) -> None:
        """Say what an answer other than 200 means."""
        said = f"The registry {self._host} answered HTTP {status}"
        if status == HTTPStatus.OK:
            return
        if status == HTTPStatus.UNAUTHORIZED:
            raise RegistrySignInNeeded(f"{said}: it does not know who you are.")
        if status == HTTPStatus.FORBIDDEN:
            raise RegistryForbidden(f"{said}: it does not admit you.")
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise RegistryUnreachable(f"{said}: it cannot answer now.")
        self._malformed(f"answered HTTP {status}, where API v0.1 has its list of servers")

    def _malformed(self, what: str) -> NoReturn:
        raise RegistryMalformed(f"The registry {self._host} {what}.")
