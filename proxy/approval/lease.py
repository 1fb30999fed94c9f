"""Answers that a person gave in advance: leases, and their opposite, stops.

A **lease** is a bounded yes: for one tool as it is now, from one program in one workspace, for so
many minutes and calls, and only for arguments that match. A **stop** is a no for one tool until the
session ends. Both are listed, and end when the person revokes them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from proxy import wire
from proxy.approval.reply import Answer, LeaseWish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from proxy.approval.surface import Surface
    from proxy.policy.lease import LeaseLimits

_USUAL_MINUTES, _USUAL_CALLS = 15, 20

MOST = 256
"""Leases and stops that are kept; the oldest makes room, which only asks once more."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which calls are alike.

    Attributes:
        user: Who is signed in, see `auth.identity.Identity.key`.
        server: Short name.
        tool: What is called, see `Call.label`.
        definition: Digest of the tool as the server gave it.
        host: What the program that asks calls itself.
        host_pid: Its process by the kernel's word, because any program can take another's name.
        host_since: When that process began, because its number is given to another one later.
        workspace: Its project folder. Where that is unknown, only the session tells calls apart.
        session: The session's id.
    """

    user: str
    server: str
    tool: str
    definition: str
    host: str
    workspace: str | None
    session: str
    host_pid: int = 0
    host_since: float = 0.0

    @property
    def lasting(self) -> bool:
        """Whether another session of the same program can be told from other programs.

        Process 1 takes in whatever was left by its starter, so it stands for no program.
        """
        return self.workspace is not None and self.host_pid > 1


@dataclass(slots=True)
class Lease:
    """One answer in advance.

    Attributes:
        answer: `YES` for a lease, `STOP` for a stop.
        title: What people call the server.
        patterns: Argument -> glob that its text must match.
        surface: Where it was given; a rule that wants a stronger one later ends its use.
        until: Unix seconds; infinite for a stop.
        left: Calls that it still lets through.
    """

    scope: Scope
    answer: Answer
    title: str
    surface: Surface
    patterns: Mapping[str, str] = field(default_factory=dict)
    until: float = float("inf")
    left: int = 0
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def reach(self) -> str:
        """How far it goes, in words for the audit."""
        if self.answer is Answer.STOP:
            return "no, for this session"
        matching = " ".join(f"{name}~{glob}" for name, glob in self.patterns.items())
        return f"yes, {self.left} calls until {self.until:.0f} {matching}".strip()


def covers(lease: Lease, scope: Scope, arguments: Mapping[str, object]) -> bool:
    """Whether a call is one of those that were answered in advance.

    An argument that a pattern names must be there. A text is matched as it is, anything else by its
    JSON.
    """
    if lease.answer is Answer.STOP:
        return _stopped(lease.scope, scope)
    return _alike(lease.scope, scope) and all(
        name in arguments and fnmatchcase(_text(arguments[name]), glob)
        for name, glob in lease.patterns.items()
    )


def outlived(lease: Lease, scope: Scope) -> bool:
    """Whether a call shows that a lease has lost its ground: the tool is another one now."""
    given, now = lease.scope, scope
    same = (given.server, given.tool) == (now.server, now.tool)
    return lease.answer is Answer.YES and same and given.definition != now.definition


def _stopped(given: Scope, now: Scope) -> bool:
    return (given.session, given.server, given.tool) == (now.session, now.server, now.tool)


def _alike(given: Scope, now: Scope) -> bool:
    return (
        (given.user, given.server, given.tool) == (now.user, now.server, now.tool)
        and (given.definition, given.host) == (now.definition, now.host)
        and (given.host_pid, given.host_since) == (now.host_pid, now.host_since)
        and given.workspace == now.workspace
        and (given.lasting or given.session == now.session)
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else wire.encode(value).decode()


def usual(limits: LeaseLimits) -> LeaseWish:
    """The lease that a surface offers where it cannot ask for terms."""
    return LeaseWish(min(_USUAL_MINUTES, limits.minutes), min(_USUAL_CALLS, limits.calls))


def fitting(wish: LeaseWish, limits: LeaseLimits | None) -> LeaseWish | None:
    """A wish cut to what may be given; None where nothing may, or nothing is left of it."""
    if limits is None:
        return None
    cut = LeaseWish(min(wish.minutes, limits.minutes), min(wish.calls, limits.calls), wish.patterns)
    return cut if cut.minutes > 0 and cut.calls > 0 else None


class Leases:
    """Every lease and stop of one hub; they end with it.

    Args:
        clock: Unix seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._given: dict[str, Lease] = {}

    def __iter__(self) -> Iterator[Lease]:
        self._tidy()
        return iter(list(self._given.values()))

    def give(self, lease: Lease) -> None:
        """A person answered in advance."""
        self._tidy()
        self._given[lease.id] = lease
        if len(self._given) > MOST:
            del self._given[next(iter(self._given))]

    def find(self, scope: Scope, arguments: Mapping[str, object]) -> Lease | None:
        """The answer in advance to a call; a stop goes before any lease."""
        for lease in self:
            if outlived(lease, scope):
                del self._given[lease.id]
        found = [lease for lease in self if covers(lease, scope, arguments)]
        stops = [lease for lease in found if lease.answer is Answer.STOP]
        return next(iter(stops or found), None)

    def use(self, lease: Lease) -> None:
        """A lease lets one call through."""
        lease.left -= 1

    def revoke(self, identifier: str | None = None) -> list[Lease]:
        """End one, or all without an id; those that ended."""
        ended = [lease for lease in self if identifier in {None, lease.id}]
        for lease in ended:
            del self._given[lease.id]
        return ended

    def leave(self, session: str) -> None:
        """A session ended, and with it what was for it alone."""
        for lease in self:
            alone = lease.answer is Answer.STOP or not lease.scope.lasting
            if alone and lease.scope.session == session:
                del self._given[lease.id]

    def keep_only(self, user: str) -> None:
        """Somebody else is signed in, or nobody: no lease of another person's holds."""
        for lease in self:
            if lease.answer is Answer.YES and lease.scope.user != user:
                del self._given[lease.id]

    def _tidy(self) -> None:
        now = self._clock()
        self._given = {
            name: lease
            for name, lease in self._given.items()
            if lease.until > now and (lease.left > 0 or lease.answer is Answer.STOP)
        }
