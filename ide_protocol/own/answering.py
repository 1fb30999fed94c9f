"""What an editor says to a question outside its prompt, for example in the review document.

It is worth what an answer to the prompt would be, by the same settling: a yes counts only in the
window that shows the question, now or when it is its turn: one that was open before the call and is
as strong as the rules want.
A connection that an agent opened for itself shows nothing, so it has no yes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auth.fault import Fault, Who
from proxy.approval import Answer, Surface, Voice

if TYPE_CHECKING:
    from proxy.approval import Reply
    from proxy.hub import Hub
    from proxy.session import Session


class NotHere(Fault):
    """The method, or the question, is another window's."""

    reference = "not-here"
    who = Who.EDITOR
    remedy = "Use the command line for it."


def answer(hub: Hub, session: Session, identifier: str, reply: Reply) -> None:
    """Settle a question from an editor.

    Raises:
        NotHere: It is a yes, and this window does not show the question.
        NoSuchQuestion: It is not open.
    """
    if hub.desk.answer_shown(session, identifier, reply):
        return
    own = Surface.EDITOR if session.paired or not hub.desk.signs_in else Surface.ELICITATION
    if reply.answer is Answer.YES:
        hub.desk.refuse(identifier, own, "It was not asked here.")
        raise NotHere(
            "An editor answers the question it was asked, not another window's.",
            remedy="Answer where it is shown; `portico approvals` says where its yes counts.",
        )
    hub.desk.answer(identifier, reply, Voice(own))
