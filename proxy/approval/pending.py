"""A question on the desk, until it is decided or withdrawn."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from proxy.approval.decision import Decision

if TYPE_CHECKING:
    from collections.abc import Collection

    from proxy.approval.batch import Batch
    from proxy.approval.code import Code
    from proxy.approval.question import Question
    from proxy.approval.reply import Reply
    from proxy.approval.surface import Surface
    from proxy.session import Session


def _future() -> asyncio.Future[Decision]:
    return asyncio.get_running_loop().create_future()


@dataclass(slots=True, eq=False, kw_only=True)
class Pending:
    """One open question.

    Attributes:
        asking: The session whose call it is about.
        asked: When it was put, in seconds since the machine started.
        patience: Seconds that a person has, from when they see it.
        allowed: Names of the surfaces whose yes counts.
        surface: Where it shows.
        window: The session that shows it, at once or when it is its turn; None where none does.
        code: What a terminal's yes needs; None where nothing shows one.
        carried: Where the prompt leaves as the result of a call, the batch for the call to carry.
        decided: How it ended; cancelled when it was withdrawn.
    """

    question: Question
    asking: Session
    asked: float
    patience: float
    allowed: Collection[str]
    surface: Surface
    window: Session | None = None
    code: Code | None = None
    carried: asyncio.Future[Batch] | None = None
    decided: asyncio.Future[Decision] = field(default_factory=_future)

    @property
    def coded(self) -> Question:
        """The question with its code, for a surface where no model reads."""
        text = self.code.text if self.code is not None and not self.code.spent else ""
        return replace(self.question, code=text)

    def settle(self, reply: Reply, surface: Surface) -> None:
        """Decide it, if nobody has yet."""
        if not self.decided.done():
            self.decided.set_result(Decision(reply.answer, surface, reply.lease, reply.arguments))
