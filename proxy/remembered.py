"""Who was signed in last, remembered without any secret.

The sealed sign-in takes a keyring and cryptography to open; the first list must not wait for them.
This hint chooses the snapshot that fills the list meanwhile. It unlocks nothing: no call is sent
before the sealed sign-in itself is open.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from auth.identity import Identity
from proxy import wire

log = logging.getLogger("portico.remembered")


class Remembered:
    """The hint of one home.

    Args:
        path: Where it is kept.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def load(self, issuer: str) -> Identity | None:
        """Whoever was signed in last at `issuer`; anything unreadable is nobody."""
        try:
            held = wire.decode(self._path.read_bytes())
            found = Identity(
                str(held["issuer"]),
                str(held["subject"]),
                str(held["name"]),
                frozenset(held["groups"]),
            )
        except (OSError, wire.NotJson, KeyError, TypeError):
            return None
        return found if found.issuer == issuer else None

    def save(self, identity: Identity | None) -> None:
        """Remember somebody, or nobody. What cannot be written costs the next hub its hint only."""
        try:
            self._write(identity)
        except OSError as wrong:
            log.warning("who is signed in could not be remembered: %s", wrong)

    def _write(self, identity: Identity | None) -> None:
        if identity is None:
            self._path.unlink(missing_ok=True)
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = {
            "issuer": identity.issuer,
            "subject": identity.subject,
            "name": identity.name,
            "groups": sorted(identity.groups),
        }
        fresh = self._path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(wire.encode(held))
        fresh.replace(self._path)
