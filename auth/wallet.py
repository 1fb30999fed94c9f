"""The credential of the person at this computer, the same in every process that holds it.

What is in memory is a copy of the sealed store. Whoever is about to change it takes a `turn`, in
which nobody else does: in this process by a lock of asyncio, in others by a lock file.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from auth.credential import Credential

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from auth.credential import Held
    from auth.identity import Identity
    from auth.sealed_store import SealedStore

logger = logging.getLogger(__name__)

BOUND = 30.0
"""Seconds to wait for a turn: longer than the one request to the issuer that others may make in
theirs, and than the fetching of keys after it."""


class Wallet:
    """Holds one credential, or none.

    Args:
        issuer: The issuer whose credential it is.
        store: Where it survives.

    Attributes:
        on_change: Called, each without arguments, after the identity changed.
    """

    def __init__(self, issuer: str, store: SealedStore) -> None:
        self._issuer = issuer
        self._store = store
        self._turn = asyncio.Lock()
        self.credential: Credential | None = None
        self.on_change: list[Callable[[], None]] = []

    @property
    def identity(self) -> Identity | None:
        """Who is signed in."""
        return self.credential.identity if self.credential else None

    def held(self, key: str) -> Held | None:
        """The token of these terms (`Terms.key`), good or not."""
        return self.credential.tokens.get(key) if self.credential else None

    @property
    def storage(self) -> str:
        """Where the credential survives: "keyring", or "memory" only."""
        return self._store.kind

    async def load(self) -> None:
        """Take over what the store holds; a store that cannot be read holds nothing (logged)."""
        content = await self._store.read()
        found = None
        if content is not None:
            try:
                found = Credential.from_json(content, self._issuer)
            except ValueError as broken:
                logger.warning("The stored sign-in cannot be used: %s", broken)
        self._adopt(found)

    async def look(self) -> None:
        """See whether the person has signed in in another process, where nobody is known here."""
        async with self._turn:
            if self.credential is None:
                await self.load()

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Be the only one who changes the credential; it is read anew at the start.

        Raises:
            LockHeld: Another process kept its turn for too long.
        """
        async with self._turn, self._store.turn(BOUND):
            await self.load()
            yield

    async def keep(self, credential: Credential) -> None:
        """Replace the credential, in a `turn`."""
        await self._store.write(credential.to_json())
        self._adopt(credential)

    async def forget(self) -> None:
        """Drop the credential here and in the store, in a `turn` unless none could be had."""
        await self._store.erase()
        self._adopt(None)

    def _adopt(self, credential: Credential | None) -> None:
        before, self.credential = self.identity, credential
        if self.identity == before:
            return
        for listener in tuple(self.on_change):
            try:
                listener()
            except Exception:
                # A listener's mistake must not cost the person the token that was just rotated.
                logger.exception("A listener to the sign-in failed.")
