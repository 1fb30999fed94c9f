"""The set-up that a person accepted, on disk, and the keyring's word that it is that one.

The file is read at once, because everything else follows from it, and is believed only as far as
it costs nothing: nobody is signed in and no call is made before the keyring has confirmed it. A
note in the keyring says which set-up was accepted, so that a file that was changed, replaced by an
older one, put there by another program, or taken away is found.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from auth.fault import Fault
from auth.signed_text import unverified, verify
from auth.vault_key import NoKeyring
from proxy import wire
from proxy.setup.document import read_setup
from proxy.setup.fault import SetupAltered, SetupLocked, SetupMissing

if TYPE_CHECKING:
    from auth.vault_key import VaultKey
    from proxy.setup.document import Setup

NOTE = "setup-1"
"""The keyring's account of the note. Whoever leaves a company removes it there, and then the file:
no command of Portico's does, because a program that runs as the person could run it."""

_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Note:
    """What the keyring remembers of the accepted set-up; it outlives the file.

    Attributes:
        digest: Of the file.
        key: The fingerprint of the key that signed it: no other may sign the next one.
        serial: Its number: no smaller one is accepted.
    """

    digest: str
    key: str
    serial: int


@dataclass(frozen=True, slots=True)
class Held:
    """A set-up that was accepted.

    Attributes:
        setup: What it says.
        url: Where it came from.
        key: The fingerprint of the key that signed it.
        signed: The document as it was served.
        sealed: Whether a keyring was there to note it.
    """

    setup: Setup
    url: str
    key: str
    signed: str
    sealed: bool

    @property
    def bytes(self) -> bytes:
        """As it lies on disk."""
        held = {"url": self.url, "key": self.key, "sealed": self.sealed, "document": self.signed}
        return wire.encode(held)

    @property
    def digest(self) -> str:
        """Of these."""
        return hashlib.sha256(self.bytes).hexdigest()


class Kept:
    """The accepted set-up of one home.

    Args:
        path: Its file.
        vault: The keyring.
    """

    def __init__(self, path: str, vault: VaultKey) -> None:
        self._path = Path(path)
        self._vault = vault
        self.state: Literal["none", "unconfirmed", "sealed", "unsealed"] = "none"
        """How far it can be believed: confirmed by the keyring, or there was none to confirm it."""

    def load(self) -> Held | None:
        """What lies on disk, whoever put it there; None where nothing does. Costs no keyring.

        Raises:
            SetupAltered: What lies there is no set-up that Portico wrote.
        """
        try:
            with self._path.open("rb") as file:
                raw = file.read(_LIMIT)
            said = wire.decode(raw)
            signed, url, key = str(said["document"]), str(said["url"]), str(said["key"])
            setup = read_setup(unverified(signed), url)
            held = Held(setup, url, key, signed, said["sealed"] is True)
        except FileNotFoundError:
            return None
        except (OSError, wire.NotJson, KeyError, TypeError, Fault) as wrong:
            msg = f"The company's set-up in {self._path} cannot be read ({type(wrong).__name__})."
            raise SetupAltered(msg) from None
        self.state = "unconfirmed"
        return held

    async def note(self) -> Note | None:
        """What the keyring remembers; None where no set-up was accepted.

        Raises:
            NoKeyring: There is none to ask.
        """
        text = await self._vault.note(NOTE)
        if text is None:
            return None
        try:
            said = wire.decode(text.encode())
            return Note(str(said["digest"]), str(said["key"]), int(said["serial"]))
        except (wire.NotJson, KeyError, TypeError, ValueError):
            # Whatever stands there says that there was one; it fits no file.
            return Note("", "", 0)

    async def confirm(self, held: Held | None) -> Fault | None:
        """Why a set-up that `load` gave must not count; None where it may.

        Args:
            held: What was loaded; None where there was nothing.
        """
        try:
            note = await self.note()
        except NoKeyring as missing:
            return await self._unconfirmed(held, missing)
        if held is None:
            if note is None:
                return None
            return SetupMissing(f"Your company's set-up is gone from {self._path}.")
        if note is None or note.digest != held.digest:
            what = "is not the one that you accepted"
            if note is None:
                what = "was never accepted on this machine"
            return SetupAltered(f"The company's set-up in {self._path} {what}.")
        wrong = await self._forged(held)
        self.state = "sealed" if wrong is None else "none"
        return wrong

    async def _unconfirmed(self, held: Held | None, missing: NoKeyring) -> Fault | None:
        if held is None:
            return None
        if held.sealed:
            return SetupLocked(f"Your company's set-up cannot be confirmed. {missing.message}")
        wrong = await self._forged(held)
        self.state = "unsealed" if wrong is None else "none"
        return wrong

    async def _forged(self, held: Held) -> Fault | None:
        """What its own signature says, which needs no keyring."""
        try:
            text, key = await asyncio.to_thread(verify, held.signed)
            if key != held.key:
                return SetupAltered("The company's set-up is signed by another key than it says.")
            read_setup(text, held.url)
        except Fault as wrong:
            return SetupAltered(f"The company's set-up does not hold. {wrong}")
        return None

    async def accept(self, setup: Setup, url: str, key: str, signed: str) -> Held:
        """Keep a set-up that a person has said yes to.

        Raises:
            OSError: The disk refuses.
        """
        held = Held(setup, url, key, signed, sealed=True)
        try:
            note = {"digest": held.digest, "key": key, "serial": setup.serial}
            await self._vault.keep_note(NOTE, wire.encode(note).decode())
            self.state = "sealed"
        except NoKeyring:
            held = Held(setup, url, key, signed, sealed=False)
            self.state = "unsealed"
        await asyncio.to_thread(self._write, held.bytes)
        return held

    def _write(self, content: bytes) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
