"""What must survive a restart and nobody may read: one sealed file, its key in the keyring.

Tokens outgrow what some keyrings hold (Windows: about 1280 characters), so the keyring keeps a key
and the file keeps the rest: AES-256-GCM, mode 0600, replaced atomically, bound to the issuer and
client it belongs to, and to this user. Without a trusted keyring everything stays in memory, and
`kind` says so. A plain file takes its place only where somebody asked for one by the name of what
it is (`hub.unencrypted_tokens_on_disk`).
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
from typing import TYPE_CHECKING, Literal, TypeAlias

from auth.lock_file import LockFile, LockHeld
from auth.plain_file import PlainFile
from auth.vault_key import NoKeyring, VaultKey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from auth.vault_key import Backend

logger = logging.getLogger(__name__)

Kind: TypeAlias = Literal["keyring", "memory", "unencrypted-file"]
"""Where a store keeps its content."""

NONCE_BYTES = 12
PLAIN = ".unencrypted"
"""What the name of a plain file ends in, so that nobody takes it for a sealed one."""

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
        key_lock: The lock under which the key is made, the same for every store of a home: two of
            them that made a key each could not open each other's files.
        plain: Whether to keep the content in a plain file where there is no keyring.
        keyring_backend: A backend to use as it is, for tests.
    """

    def __init__(
        self,
        path: str,
        *,
        service: str,
        binding: str,
        spent: bool = True,
        key_lock: str = "",
        plain: bool = False,
        keyring_backend: Backend | None = None,
    ) -> None:
        self._spent = spent
        self._path = Path(path)
        # The user of this machine, because their key may be restored into another account.
        self._bound_to = FORMAT + f"{os.getuid()} {binding}".encode()
        self._plain = PlainFile(f"{path}{PLAIN}", binding)
        self._may_be_plain = plain
        self._vault = VaultKey(service, keyring_backend)
        self._lock = LockFile(f"{path}.lock")
        self._key_lock = LockFile(key_lock or f"{path}.key-lock")
        self._key: bytes | None = None
        self._kind: Kind = "memory"
        self._probed: float | None = None
        self._memory: str | None = None

    @property
    def kind(self) -> Kind:
        """Where the content is kept: sealed under a key of the keyring, or how else."""
        return self._kind

    async def read(self) -> dict[str, object] | None:
        """The content, or None. A file that cannot be opened counts as absent, and is logged."""
        if self._memory is not None:
            return _parsed(self._memory)
        await self._probe()
        try:
            if self._kind == "keyring":
                with contextlib.suppress(FileNotFoundError):
                    found = await self._open()
                    if found is not None:
                        return found
            return await self._read_plain()
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
            else:
                await self._remove(self._plain.erase)
                self._memory = None
                return
        # What the files hold is spent by now; another process must not send it again.
        if self._spent:
            await self._remove(lambda: self._path.unlink(missing_ok=True))
        self._memory = None if await self._write_plain(text) else text

    async def _read_plain(self) -> dict[str, object] | None:
        """What a plain file holds, where it may hold anything; else it does not stay."""
        if not self._may_be_plain:
            await self._remove(self._plain.erase)
            return None
        text = await asyncio.to_thread(self._plain.read)
        return _parsed(text) if text is not None else None

    async def _write_plain(self, text: str) -> bool:
        """Keep the content in a plain file, where somebody asked for that; whether it is kept."""
        if self._may_be_plain:
            try:
                await asyncio.to_thread(self._plain.write, text)
            except OSError as broken:
                logger.warning("The sign-in is kept in memory only: %s", broken)
            else:
                self._kind = "unencrypted-file"
                return True
        await self._remove(self._plain.erase)
        return False

    async def erase(self) -> None:
        """Forget the content, in memory and on disk. The key stays for the next sign-in."""
        self._memory = None
        await self._remove(lambda: self._path.unlink(missing_ok=True))
        await self._remove(self._plain.erase)

    @contextlib.asynccontextmanager
    async def turn(self, bound: float) -> AsyncIterator[None]:
        """Hold the store against other processes; wait at most `bound` seconds.

        In memory there is nothing to share, hence nothing to wait for.

        Raises:
            LockHeld: Another process held it all the time.
        """
        await self._probe()
        async with contextlib.AsyncExitStack() as stack:
            if self._kind != "memory":
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
            self._kind = "unencrypted-file" if self._may_be_plain else "memory"
            where = "a file that is not encrypted" if self._may_be_plain else "memory only"
            logger.warning("The sign-in is kept in %s: %s", where, missing)
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

    async def _remove(self, erase: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(erase)
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
