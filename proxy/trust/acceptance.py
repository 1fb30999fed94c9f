"""Accepting what a tool has become: a question to a person, like any other, on a strong surface.

Whoever runs `portico trust accept` only *asks* for the question. An agent with a shell can do that
too; the answer counts where the answer to a destructive call would, so it cannot give it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proxy.approval import Answer, Question
from proxy.approval import digest as bound
from proxy.audit import Event, Record
from proxy.catalog.feature import Feature
from proxy.fault import NotApproved
from proxy.naming import public_name
from proxy.plain import plain
from proxy.policy.offering import Standing
from proxy.policy.risk import Risk
from proxy.policy.strength import LEAST_FOR_DESTRUCTIVE, at_least
from proxy.session import arrival
from proxy.trust.difference import difference
from proxy.trust.digest import digest, of_text
from proxy.trust.fault import NotQuarantined, ToolShadows, ToolUnreviewed
from proxy.trust.pin import INSTRUCTIONS
from proxy.trust.quarantine import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from auth.identity import Identity
    from proxy.approval import Desk
    from proxy.audit import Journal
    from proxy.catalog import Catalog
    from proxy.policy.offering import Offering
    from proxy.session import Session
    from proxy.trust.quarantine import Quarantine

STRONG = at_least(LEAST_FOR_DESTRUCTIVE) - {"elicitation"}
"""Where a yes counts: as for a destructive call, and never where an agent answers by itself."""


@dataclass(frozen=True, slots=True)
class Case:
    """Something in quarantine.

    Attributes:
        offering: The server.
        tool: The tool, or `INSTRUCTIONS` where the server's instructions changed.
        quarantine: Why.
        before: What was trusted; empty when nothing was.
        now: What it is.
    """

    offering: Offering
    tool: str
    quarantine: Quarantine
    before: Mapping[str, Any]
    now: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """Of what it is now."""
        if self.tool == INSTRUCTIONS:
            return of_text(str(self.now["instructions"]))
        return digest(self.now)

    @property
    def difference(self) -> list[str]:
        """What changed, as lines."""
        return difference(self.before, self.now)


class Acceptance:
    """Everything that waits to be accepted in one hub.

    Args:
        catalog: What servers list, and their pins.
        desk: Where questions wait.
        journal: The audit.
        identity: Who is signed in now.
        clock: Unix seconds.
        patience: Seconds that a person has to answer.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        desk: Desk,
        journal: Journal,
        identity: Callable[[], Identity | None],
        clock: Callable[[], float],
        patience: float,
    ) -> None:
        self._catalog = catalog
        self._desk = desk
        self._journal = journal
        self._identity = identity
        self._clock = clock
        self._patience = patience
        catalog.keeper.blocked = self._blocked

    def case(self, server: str, tool: str) -> Case:
        """What is in quarantine under this name; an empty tool means the server's instructions.

        Raises:
            NotQuarantined: Nothing is.
        """
        catalog = self._catalog
        offering = catalog.offerings.get(server)
        if offering is not None and offering.standing is Standing.OFFERED:
            route = catalog.find(Feature.TOOLS, public_name(server, tool)) if tool else None
            why = route.quarantine if route is not None else self._whole(server)
            if why is not None and why.reason is Reason.INSTRUCTIONS:
                before = catalog.keeper.trusted(offering, INSTRUCTIONS)
                now = {"instructions": catalog.upstream(offering).instructions}
                return Case(offering, INSTRUCTIONS, why, before, now)
            if why is not None and route is not None:
                before = catalog.keeper.trusted(offering, tool)
                return Case(offering, tool, why, before, route.definition or {})
        what = f"{plain(tool, 60)} of {plain(server, 40)}" if tool else plain(server, 40)
        raise NotQuarantined(f"{what} is not in quarantine.")

    async def accept(self, session: Session, server: str, tool: str) -> Case:
        """Have a person look at what changed, and pin it after their yes; returns what was pinned.

        Raises:
            NotQuarantined: Nothing of that name is in quarantine, or not any more.
            ToolShadows: Its name is at fault, which no yes can mend.
            ToolUnreviewed: The company decides on it.
            NotApproved: Everything that is not a yes.
        """
        case = self.case(server, tool)
        if not case.quarantine.can_be_accepted:
            raise _not_theirs(case)
        surface = self._desk.surface(session, arrival(), STRONG)
        if surface is None or self._desk.full(session):
            raise NotApproved(
                "A person must look at this, and none can be asked now.",
                remedy="Open an editor with Portico, then try again.",
            )
        question = self._question(case, session)
        self._note(Event.ASKED, case, surface[0])
        decision = await self._desk.decide(
            question, asking=session, surface=surface, allowed=STRONG
        )
        self._note(Event.ANSWERED, case, decision.answer, decision.surface)
        if decision.answer is not Answer.YES:
            raise NotApproved(
                f"Nobody said yes to what {_called(case)} is now, so it stays blocked.",
                remedy="Run it again, and answer in a paired editor or on Portico's page.",
            )
        await self._catalog.relist(server)
        if self.case(server, tool).digest != case.digest:
            raise NotApproved(
                f"{_called(case)} changed once more while you looked at it.",
                remedy="Look at it again.",
            )
        self._catalog.keeper.accept(case.offering, case.tool, case.now)
        self._catalog.look(server)
        self._note(Event.PIN_ACCEPTED, case, case.digest, decision.surface)
        return case

    def _whole(self, server: str) -> Quarantine | None:
        """Why a whole server is in quarantine, or None."""
        ill = self._catalog.quarantined(server).values()
        return next((why for why in ill if why.reason is Reason.INSTRUCTIONS), None)

    def _question(self, case: Case, session: Session) -> Question:
        offering = case.offering
        identity = self._identity()
        user = identity.key if identity else ""
        return Question(
            server=offering.server,
            title=offering.title,
            owner=offering.owner,
            reviewed=offering.reviewed,
            tool=case.tool or "instructions",
            risk=Risk.DESTRUCTIVE,
            arguments="{}",
            digest=bound(user, offering.server, case.tool, case.difference, dict(case.now)),
            reason=case.quarantine.says,
            host=session.host,
            workspace=session.workspace,
            deadline=self._clock() + self._patience,
            difference=tuple(case.difference),
        )

    def _note(self, event: Event, case: Case, outcome: str, rule: str = "") -> None:
        self._journal.note(self._record(event, case.offering.server, case.tool, outcome, rule))

    def _blocked(self, server: str, tool: str, why: Quarantine) -> None:
        self._journal.note(
            self._record(Event.QUARANTINED, server, tool, why.reason, plain(why.says, 300))
        )

    def _record(self, event: Event, server: str, tool: str, outcome: str, rule: str) -> Record:
        identity = self._identity()
        return Record(
            at=self._clock(),
            event=event,
            user=identity.subject if identity else "",
            server=server,
            tool=plain(tool, 128),
            outcome=outcome,
            rule=rule,
        )


def _not_theirs(case: Case) -> ToolShadows | ToolUnreviewed:
    kind = ToolShadows if case.quarantine.reason is Reason.SHADOWS else ToolUnreviewed
    return kind(f"{_called(case)} cannot be accepted here. {case.quarantine.says}")


def _called(case: Case) -> str:
    return f"{plain(case.tool, 60) or 'instructions'} of {plain(case.offering.title, 60)}"
