"""What a person decided on a call whose host had given up waiting by then.

Hosts are less patient than people. A decision that comes after a host's own timeout is kept for a
short while, and serves one identical call from the same program in the same workspace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from proxy.approval.reply import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from proxy.approval.decision import Decision
    from proxy.approval.pending import Pending
    from proxy.session import Session

SECONDS = 300.0
"""How long a decision is kept: long enough for a person to tell the model to try again."""

MOST = 256


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose calls are taken for repetitions of each other: one program's, in one workspace."""

    role: str
    host_pid: int
    host_since: float
    host: str
    workspace: str | None

    @classmethod
    def of(cls, session: Session) -> Caller:
        """The caller behind a session; a host that starts its shim anew stays the same one."""
        process = session.host_pid, session.host_since
        return cls(session.role, *process, session.host, session.workspace)


Key = tuple[Caller, str]
"""The caller, and the digest of the exact call."""


class Kept:
    """Questions that nobody waits for any more, and the decisions on them.

    Args:
        clock: Unix seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._open: dict[Key, Pending] = {}
        self._decided: dict[Key, tuple[Decision, float]] = {}

    def leave(self, key: Key, pending: Pending, decided: Callable[[Decision], None]) -> None:
        """The host gave up on a question that stays open.

        Args:
            key: Whose exact call it is about.
            pending: The question.
            decided: Told of the decision, unless an identical call waits for it by then.
        """
        self._open[key] = pending

        def end(_: object) -> None:
            if self._open.get(key) is not pending:
                return
            del self._open[key]
            if not pending.decided.cancelled():
                decision = pending.decided.result()
                decided(decision)
                if decision.answer in {Answer.YES, Answer.NO, Answer.STOP}:
                    self._keep(key, decision)

        pending.decided.add_done_callback(end)

    def _keep(self, key: Key, decision: Decision) -> None:
        self._decided[key] = decision, self._clock() + SECONDS
        if len(self._decided) > MOST:
            del self._decided[next(iter(self._decided))]

    def rejoin(self, key: Key) -> Pending | None:
        """The open question of an identical call, which is the caller's to wait for from now on."""
        pending = self._open.pop(key, None)
        return None if pending is None or pending.decided.done() else pending

    def take(self, key: Key) -> Decision | None:
        """The decision on an identical call; it serves once."""
        decision, until = self._decided.pop(key, (None, 0.0))
        return decision if until >= self._clock() else None
