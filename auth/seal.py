"""Marks that only this user's keyring can make, on files that hold no secret but must be ours.

A seal is an HMAC under a key that is derived from the vault key, so it costs no import that a first
answer would wait for. What it marks stays readable; what is changed, or comes from somebody who
cannot ask the keyring, does not hold. Until the keyring has answered nobody can tell, and without
a keyring nobody ever can: `state` says which.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from typing import TYPE_CHECKING, Literal

from auth.lock_file import LockHeld
from auth.vault_key import NoKeyring

if TYPE_CHECKING:
    from auth.lock_file import LockFile
    from auth.vault_key import VaultKey

logger = logging.getLogger(__name__)

_PATIENCE = 10.0


class Seal:
    """Seals of one purpose.

    Args:
        vault: Where the key is.
        lock: Held while a key is made, so that two processes never make two.
        purpose: What the marks are for; a mark of another purpose does not hold.

    Attributes:
        state: `unopened` before the keyring has answered, `open` once it has, `none` without one.
    """

    def __init__(self, vault: VaultKey, lock: LockFile, purpose: str) -> None:
        self._vault = vault
        self._lock = lock
        self._purpose = purpose
        self._key = b""
        self.state: Literal["unopened", "open", "none"] = "unopened"

    async def open(self) -> None:
        """Ask the keyring for the key, and make one where it holds none. Never fails."""
        if self.state == "open":
            return
        try:
            key = await self._vault.read()
            if key is None:
                async with self._lock.held(_PATIENCE):
                    key = await self._vault.make()
        except (NoKeyring, LockHeld, OSError) as missing:
            logger.info("Nothing is sealed as %s: %s", self._purpose, missing)
            self.state = "none"
            return
        self._key = hmac.digest(key, f"portico seal {self._purpose}".encode(), "sha256")
        self.state = "open"

    def mark(self, content: bytes) -> str:
        """The mark of `content`, in hexadecimal; empty where there is no key."""
        if self.state != "open":
            return ""
        return hmac.new(self._key, content, hashlib.sha256).hexdigest()

    def holds(self, content: bytes, mark: str) -> bool:
        """Whether `mark` is the mark of `content`; never without a key."""
        own = self.mark(content)
        return bool(own) and hmac.compare_digest(own.encode(), mark.encode())
