"""Saying once, in one window, that the sign-in has ended; nothing opens by itself.

A sign-in ends where its refresh token does: after a long absence, by an administrator. Whoever
calls a tool is told by the call. Everybody else is told here, by one sentence with one button, and
the page opens when that is pressed.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from auth.fault import Fault

if TYPE_CHECKING:
    from auth.identity import Identity
    from proxy.hub import Hub
    from proxy.session import Session

log = logging.getLogger("portico.sign_in")

ACTION = "Sign in"


class SignInAgain:
    """The sentence of one hub.

    Args:
        hub: Whose sign-in it is about.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._was: Identity | None = None
        self._expected = False
        self._saying: asyncio.Task[None] | None = None

    def expect_end(self) -> None:
        """The person signs out now, and need not be told."""
        self._expected = True

    def follow(self, identity: Identity | None) -> None:
        """Somebody else is signed in now, or nobody."""
        before, self._was = self._was, identity
        expected, self._expected = self._expected, False
        if self._saying is not None and identity is not None:
            self._saying.cancel()
            self._saying = None
        if before is not None and identity is None and not expected:
            self._saying = asyncio.ensure_future(self._say(before))
            self._hub.upkeep.errands.add(self._saying)
            self._saying.add_done_callback(self._hub.upkeep.errands.discard)

    async def _say(self, before: Identity) -> None:
        session = self._nearest()
        caller = session.caller if session is not None else None
        sentence = f"Your sign-in to Portico as {before.name} has ended."
        while session and caller and await caller.offer(sentence, ACTION):
            signing = asyncio.ensure_future(self._hub.user.sign_in(session))
            try:
                # Shielded: once signed in, `follow` takes this sentence away, and not the sign-in.
                await asyncio.shield(signing)
            except Fault as fault:
                log.info("signing in again did not succeed: %s", fault.reference)
                sentence = fault.sentence()
            else:
                return

    def _nearest(self) -> Session | None:
        """The editor that the person used last."""
        editors = [
            session
            for session in self._hub.sessions
            if session.role == "lsp" and session.caller is not None
        ]
        return max(editors, key=lambda session: (session.focused, session.opened), default=None)
