"""What must survive a restart and nobody may read: one sealed file, its key in the keyring.

Tokens outgrow what some keyrings hold (Windows: about 1280 characters), so the keyring keeps a key
and the file keeps the rest: AES-256-GCM, mode 0600, replaced atomically, bound to the issuer and
client it belongs to. Without a trusted keyring everything stays in memory, and `kind` says so;
there is no plain file to fall back to.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from auth.lock_file import LockFile, LockHeld
from auth.vault_key import NoKeyring, VaultKey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from auth.vault_key import Backend

logger = logging.getLogger(__name__)

NONCE_BYTES = 12
LARGEST = 4 * 1024 * 1024
PROBE_EVERY = 60.0
FORMAT = b"portico sealed store 1\0"


class SealedStore:
    """One dict of JSON values, sealed.

    Args:
        path: The file. Its folder is made private when first written; locks lie beside it.
        service: The keyring's name for this Portico (`Home.keyring_service`).
        binding: What the content belongs to, as issuer and client id. A file that was sealed for
            another binding counts as absent.
        spent: Whether what the file holds is worth nothing once something else should be there.
        keyring_backend: A backend to use as it is, for tests.
    """

    def __init__(
        self,
        path: str,
        *,
        service: str,
        binding: str,
        spent: bool = True,
        keyring_backend: Backend | None = None,
    ) -> None:
        self._spent = spent
        self._path = Path(path)
        self._bound_to = FORMAT + binding.encode()
        self._vault = VaultKey(service, keyring_backend)
        self._lock = LockFile(f"{path}.lock")
        self._key_lock = LockFile(f"{path}.key-lock")
        self._key: bytes | None = None
        self._kind: Literal["keyring", "memory"] = "memory"
        self._probed: float | None = None
        self._memory: str | None = None

    @property
    def kind(self) -> Literal["keyring", "memory"]:
        """Where the content is kept: sealed under a key of the "keyring", or in "memory" only."""
        return self._kind

    async def read(self) -> dict[str, object] | None:
        """The content, or None. A file that cannot be opened counts as absent, and is logged."""
        if self._memory is not None:
            return _parsed(self._memory)
        await self._probe()
        if self._kind == "memory":
            return None
        try:
            return await self._open()
        except FileNotFoundError:
            return None
        except (OSError, ValueError, NoKeyring) as broken:
            logger.warning("The stored sign-in cannot be opened: %s", broken)
            return None

    async def write(self, content: dict[str, object]) -> None:
        """Keep `content` instead of what was there; in memory if it cannot be sealed (logged)."""
        text = json.dumps(content)
        await self._probe()
        if self._kind == "keyring":
            try:
                key = self._key or await self._make_key()
                await asyncio.to_thread(self._seal, key, text)
            except (NoKeyring, LockHeld, OSError) as broken:
                logger.warning("The sign-in is kept in memory only: %s", broken)
                self._kind = "memory"
                # What the file holds is spent by now; another process must not send it again.
                if self._spent:
                    await self._remove()
        self._memory = text if self._kind == "memory" else None

    async def erase(self) -> None:
        """Forget the content, in memory and on disk. The key stays for the next sign-in."""
        self._memory = None
        await self._remove()

    @contextlib.asynccontextmanager
    async def turn(self, bound: float) -> AsyncIterator[None]:
        """Hold the store against other processes; wait at most `bound` seconds.

        In memory there is nothing to share, hence nothing to wait for.

        Raises:
            LockHeld: Another process held it all the time.
        """
        await self._probe()
        async with contextlib.AsyncExitStack() as stack:
            if self._kind == "keyring":
                try:
                    await stack.enter_async_context(self._lock.held(bound))
                except OSError as broken:
                    logger.warning("The sign-in cannot be locked, so it is not shared: %s", broken)
            yield

    async def _probe(self) -> None:
        """Look for the key, at most once a minute while there is no keyring.

        A keyring may be locked when the hub starts and open when the person signs in.
        """
        now = time.monotonic()
        fresh = self._probed is not None and now - self._probed < PROBE_EVERY
        if self._kind == "keyring" or fresh:
            return
        self._probed = now
        try:
            self._key = await self._vault.read()
        except NoKeyring as missing:
            logger.warning("The sign-in is kept in memory only: %s", missing)
        else:
            self._kind = "keyring"

    async def _open(self) -> dict[str, object] | None:
        """Open the file with the key we hold, or with the one another process made meanwhile."""
        if self._key is not None:
            try:
                return await asyncio.to_thread(self._unseal, self._key)
            except ValueError:
                held, self._key = self._key, await self._vault.read()
                if self._key in {None, held}:
                    self._key = held
                    raise
        else:
            self._key = await self._vault.read()
        if self._key is None:
            if self._path.exists():
                msg = "its key is gone from the keyring."
                raise ValueError(msg)
            return None
        return await asyncio.to_thread(self._unseal, self._key)

    async def _make_key(self) -> bytes:
        # Not the lock of `turn`, which the caller may hold. It keeps two processes that start
        # together from each making a key, one of which would open nothing.
        async with self._key_lock.held(10.0):
            self._key = await self._vault.make()
        return self._key

    async def _remove(self) -> None:
        try:
            await asyncio.to_thread(self._path.unlink, missing_ok=True)
        except OSError as broken:
            logger.warning("The stored sign-in cannot be removed: %s", broken)

    def _unseal(self, key: bytes) -> dict[str, object] | None:
        """Open the file.

        Raises:
            FileNotFoundError: There is none.
            OSError: It cannot be read.
            ValueError: It was not sealed by this Portico for this issuer and client.
        """
        with self._path.open("rb") as file:
            sealed = file.read(LARGEST + 1)
        # cryptography takes 30 ms to import, which only a thread may spend.
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not NONCE_BYTES < len(sealed) <= LARGEST:
            msg = "it has an impossible size."
            raise ValueError(msg)
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return _parsed(AESGCM(key).decrypt(nonce, rest, self._bound_to).decode())
        except InvalidTag:
            msg = "it was changed, or sealed with another key, issuer or client."
            raise ValueError(msg) from None

    def _seal(self, key: bytes, text: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, text.encode(), self._bound_to)
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp makes the file 0600, so it is never readable by others, not even while new.
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}-")
        fresh = Path(name)
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123 - it opens a descriptor.
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise


def _parsed(text: str) -> dict[str, object] | None:
    found = json.loads(text)
    return found if isinstance(found, dict) else None
