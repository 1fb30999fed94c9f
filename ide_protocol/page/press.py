"""What a press of the page's buttons says to the questions on it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy.approval import Answer, Reply
from proxy.approval.lease import usual

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proxy.approval import Question

TICKED, CALL, LEASE = "ticked", "call", "lease"
"""The fields of the form: the buttons for all that is ticked, the ticks, the button for a lease."""

_SINGLE = (Answer.NO, Answer.STOP, Answer.YES)


def replies(
    fields: Mapping[str, list[str]], asked: Sequence[Question]
) -> list[tuple[str, Reply]] | None:
    """The ids of questions, each with what was said to it; None where no such button was pressed.

    Args:
        fields: What the browser sent.
        asked: The questions that are open now.
    """
    for answer in (Answer.NO, Answer.YES):
        if fields.get(TICKED) == [answer]:
            return [(identifier, Reply(answer)) for identifier in fields.get(CALL, [])]
    for answer in _SINGLE:
        if answer in fields:
            return [(fields[answer][0], Reply(answer))]
    if LEASE in fields:
        limits = next((one.lease for one in asked if one.id == fields[LEASE][0]), None)
        # What may not be leased any more is still a yes to the one call.
        wish = usual(limits) if limits is not None else None
        return [(fields[LEASE][0], Reply(Answer.YES, lease=wish))]
    return None
