"""Which editors the person accepted: what an unknown one is worth is a rule's to say.

An editor's window counts as *editor* once the person accepted it on a page of Portico's, in a
browser that the company's sign-on knows. An extension that brings a key of its own is accepted for
good, for this person; any other window until it closes. Of a key only the hash is kept, sealed like
the sign-in, so that nobody writes itself into the list.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from auth.fault import Fault, Who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from proxy.session import Session

SHORTEST = 32
"""Characters that a key must have: it is a secret that nobody guesses."""

LONGEST = 512
MOST = 64
"""Lasting pairings of one person; the oldest make room."""


class KeyUnfit(Fault):
    """An editor brought a key that cannot pair it."""

    reference = "pairing-key-unfit"
    who = Who.EDITOR
    remedy = "Send 32 to 512 characters of your own random making; docs/lsp-protocol.md says how."


class Store(Protocol):
    """Where pairings survive, see `auth.sealed_store.SealedStore`."""

    async def read(self) -> dict[str, object] | None:
        """What was kept, or None."""

    async def write(self, content: dict[str, object]) -> None:
        """Keep this instead."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """One lasting pairing.

    Attributes:
        name: Names it to the page; the beginning of the key's hash.
        host: What the editor called itself when it was accepted.
        since: Unix seconds.
    """

    name: str
    host: str
    since: float


class Pairings:
    """The editors of one hub.

    Args:
        sessions: Every session, whenever it is called.
        store: Where lasting pairings survive; None where nobody signs in, and nobody pairs.
        clock: Unix seconds.
    """

    def __init__(
        self,
        *,
        sessions: Callable[[], Iterable[Session]],
        store: Store | None,
        clock: Callable[[], float],
    ) -> None:
        self._sessions = sessions
        self._store = store
        self._clock = clock
        self._user = ""
        self._lasting: dict[str, dict[str, tuple[str, float]]] = {}
        self._keys: dict[str, str] = {}
        self._brief: set[tuple[str, str]] = set()
        self._declined: set[str] = set()
        self.ready = asyncio.Event()
        """Set once it is known who was paired in an earlier run."""

    async def load(self) -> None:
        """Take over the pairings of an earlier run; what cannot be read pairs nobody."""
        found = await self._store.read() if self._store else None
        for user, kept in (found or {}).items():
            self._lasting[user] = _read(kept)
        self._settle()
        self.ready.set()

    def adopt(self, user: str) -> None:
        """Pairings are this person's from now on; empty for nobody.

        Args:
            user: See `auth.identity.Identity.key`.
        """
        if user != self._user:
            self._user = user
            self._brief.clear()
        self._settle()

    def introduce(self, session: Session, key: str) -> bool:
        """A window brings its key; whether it is paired now.

        Raises:
            KeyUnfit: It is no key.
        """
        if not SHORTEST <= len(key) <= LONGEST or not key.isascii():
            msg = f"A pairing key has {SHORTEST} to {LONGEST} ASCII characters."
            raise KeyUnfit(msg)
        hashed = hashlib.sha256(key.encode()).hexdigest()
        if self._keys.setdefault(session.id, hashed) != hashed:
            # What was accepted was the window with its first key; taking that back must end it.
            self._keys[session.id] = hashed
            self._brief.discard((session.id, self._user))
        self._settle()
        return session.paired

    def lasting(self, session: Session) -> bool:
        """Whether accepting this window would last."""
        return session.id in self._keys

    def likeness(self, session: Session) -> str:
        """What the person is shown of a window when they accept it, as a digest of 16 characters.

        A window can bring a key, or call itself something else, while the person looks.
        """
        shown = [session.id, session.host, session.workspace, self._keys.get(session.id)]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]

    def accepted(self) -> list[Pairing]:
        """The person's lasting pairings, the oldest first."""
        kept = self._lasting.get(self._user, {})
        found = [Pairing(name[:16], host, since) for name, (host, since) in kept.items()]
        return sorted(found, key=lambda pairing: pairing.since)

    async def accept(self, session: Session) -> None:
        """The person accepted this window."""
        if not self._user:
            return
        self._brief.add((session.id, self._user))
        key = self._keys.get(session.id)
        if key is not None:
            kept = self._lasting.setdefault(self._user, {})
            kept[key] = (session.host, self._clock())
            for old in sorted(kept, key=lambda name: kept[name][1])[:-MOST]:
                del kept[old]
            await self._save()
        self._settle()

    def decline(self, session: Session) -> None:
        """The person does not want this window, which is not offered again until it is reopened."""
        self._declined.add(session.id)

    def declined(self, session: Session) -> bool:
        """Whether the person said no to this window."""
        return session.id in self._declined

    async def end(self, name: str) -> bool:
        """Take back a lasting pairing, and with it every window that lives by it."""
        kept = self._lasting.get(self._user, {})
        gone = next((key for key in kept if key[:16] == name), None)
        if gone is None:
            return False
        del kept[gone]
        self._brief -= {one for one in self._brief if self._keys.get(one[0]) == gone}
        await self._save()
        self._settle()
        return True

    async def forget(self) -> None:
        """The person signed out: nobody is paired any more."""
        self._lasting.pop(self._user, None)
        self._brief.clear()
        await self._save()
        self._settle()

    def leave(self, session: Session) -> None:
        """A window went."""
        self._keys.pop(session.id, None)
        self._declined.discard(session.id)
        self._brief = {one for one in self._brief if one[0] != session.id}

    def _settle(self) -> None:
        """Bring every window in step."""
        kept = self._lasting.get(self._user, {}) if self._user else {}
        for session in self._sessions():
            brief = (session.id, self._user) in self._brief
            session.paired = brief or self._keys.get(session.id) in kept

    async def _save(self) -> None:
        if self._store is not None:
            await self._store.write({user: dict(kept) for user, kept in self._lasting.items()})


def _read(kept: Any) -> dict[str, tuple[str, float]]:  # noqa: ANN401 - JSON of ours.
    found = kept if isinstance(kept, dict) else {}
    return {
        key: (str(value[0]), float(value[1]))
        for key, value in found.items()
        if isinstance(value, list | tuple) and len(value) == 2  # noqa: PLR2004 - host and time.
    }
