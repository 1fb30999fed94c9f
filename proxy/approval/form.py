"""A question as a form that an AI client shows (`elicitation/create`), and what it says. Pure.

Clients show forms in many ways, and some fill them in by themselves, so every default is the no,
and what is not exactly one of the words that were offered is no answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.approval.lease import usual
from proxy.approval.prompt import is_cut, line, listing, text
from proxy.approval.reply import Answer, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proxy.approval.question import Question

_DECISION = "decision"
_WHOLE = "show_all"
_NO, _YES = "no", "yes"
_STOP = "no, and do not ask again in this session"
_SHOW = "show all arguments first"


def form(questions: Sequence[Question], *, whole: bool = False) -> dict[str, Any]:
    """The params of an `elicitation/create` that asks about these calls.

    Args:
        questions: What is asked about; several get a tick each, which is off by default.
        whole: Whether arguments are shown uncut.
    """
    if len(questions) == 1:
        message, properties = text(questions[0], whole=whole), _single(questions[0], whole=whole)
    else:
        message = f"{listing(questions, whole=whole)}\nTick those that may run."
        properties = _ticks(questions, whole=whole)
    return {
        "mode": "form",
        "message": message,
        "requestedSchema": {
            "type": "object",
            "properties": properties,
            "required": [name for name in properties if name != _WHOLE],
        },
    }


def read(
    questions: Sequence[Question], given: object, *, whole: bool = False
) -> dict[str, Reply] | None:
    """What an elicitation's result says to each question, by its id.

    Returns:
        None where the person wants to see all arguments before they decide.
    """
    if not isinstance(given, dict) or given.get("action") not in {"accept", "decline", "cancel"}:
        return {question.id: Reply(Answer.SILENCE) for question in questions}
    content = given.get("content") if given["action"] == "accept" else None
    content = content if isinstance(content, dict) else {}
    if not whole and (content.get(_DECISION) == _SHOW or content.get(_WHOLE) is True):
        return None
    if len(questions) == 1:
        return {questions[0].id: _said(questions[0], content)}
    return {
        question.id: Reply(Answer.YES if content.get(name) is True else Answer.NO)
        for name, question in zip(_names(questions), questions, strict=True)
    }


def _single(question: Question, *, whole: bool) -> dict[str, Any]:
    words = [_NO, _YES, *_lease_word(question), _STOP]
    if is_cut(question) and not whole:
        words.append(_SHOW)
    return {_DECISION: {"type": "string", "title": "Run this call?", "enum": words, "default": _NO}}


def _ticks(questions: Sequence[Question], *, whole: bool) -> dict[str, Any]:
    ticks: dict[str, Any] = {
        name: {
            "type": "boolean",
            "title": f"Run {number}",
            "description": line(question, number),
            "default": False,
        }
        for number, (name, question) in enumerate(
            zip(_names(questions), questions, strict=True), start=1
        )
    }
    if not whole and any(is_cut(question, among=len(questions)) for question in questions):
        ticks[_WHOLE] = {
            "type": "boolean",
            "title": "Show all arguments first",
            "description": "Run nothing yet, and show this form with every argument uncut.",
            "default": False,
        }
    return ticks


def _said(question: Question, content: Mapping[str, object]) -> Reply:
    decision = content.get(_DECISION)
    if decision == _YES:
        return Reply(Answer.YES)
    if decision in _lease_word(question) and question.lease is not None:
        return Reply(Answer.YES, lease=usual(question.lease))
    return Reply(Answer.STOP if decision == _STOP else Answer.NO)


def _lease_word(question: Question) -> list[str]:
    """The word for a yes in advance, where one may be given."""
    if question.lease is None:
        return []
    wish = usual(question.lease)
    return [f"yes, and up to {wish.calls} more calls of this tool within {wish.minutes} minutes"]


def _names(questions: Sequence[Question]) -> list[str]:
    return [f"call_{number}" for number, _ in enumerate(questions, start=1)]
