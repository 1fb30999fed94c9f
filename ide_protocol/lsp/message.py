"""Questions as messages with buttons, for editors that know no more than LSP's own.

A message has few buttons, so the rare answers are behind *More*. The first button is the one that
a typing person hits, and it never says yes. Texts and titles carry the question's tag, because an
editor drops a prompt whose text equals that of another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy.approval import Answer, Reply
from proxy.approval.lease import usual
from proxy.approval.prompt import affirmative, headline, is_cut, listing, parts, text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from proxy.approval import Batch, Question

    Choose = Callable[[str, Sequence[str]], Awaitable[str | None]]


async def ask(batch: Batch, choose: Choose) -> None:
    """Ask about a batch: all at once, or one by one where the person wants to see more.

    Args:
        batch: What is asked about.
        choose: Shows a text with buttons and waits; None where none was pressed.
    """
    questions = batch.open
    if len(questions) > 1:
        tag = questions[0].tag
        no, every = f"None ({tag})", f"Approve all {len(questions)} ({tag})"
        review = f"Review one by one ({tag})"
        chosen = await choose(listing(questions), (no, review, every))
        if chosen != review:
            answers = {every: Answer.YES, no: Answer.NO}
            reply = Reply(answers.get(chosen or "", Answer.SILENCE))
            for question in questions:
                batch.settle(question, reply)
            return
    for question in questions:
        if question in batch.open:
            await batch.unless_settled(question, _ask_one(question, choose))


async def _ask_one(question: Question, choose: Choose) -> Reply:
    tag = question.tag
    no, yes, more = f"Deny ({tag})", f"{affirmative(question)} ({tag})", f"More ({tag})"
    typed = f"\nIn a terminal, its code is {question.code}" if question.code else ""
    while True:
        chosen = await choose(text(question) + typed, (no, yes, more))
        if chosen == more:
            reply = await _more(question, choose)
            if reply is None:
                continue
            return reply
        answers = {yes: Answer.YES, no: Answer.NO}
        return Reply(answers.get(chosen or "", Answer.SILENCE))


async def _more(question: Question, choose: Choose) -> Reply | None:
    """The answers that are given rarely; None leads back to the question."""
    tag = question.tag
    back, stop = f"Back ({tag})", f"Deny, and do not ask again ({tag})"
    show = f"Show all arguments ({tag})"
    titles = [back, stop]
    allow = ""
    if question.lease is not None:
        wish = usual(question.lease)
        allow = f"Allow {wish.calls} calls in {wish.minutes} minutes ({tag})"
        titles.append(allow)
    if is_cut(question):
        titles.append(show)
    about = (
        f"{headline(question)}\n"
        "“Do not ask again” is a no to this tool until the session ends. "
        "An allowance is for this tool in this workspace, whatever its arguments."
    )
    chosen = await choose(f"{about} · question {tag}", titles)
    if chosen == show:
        await _show(question, choose)
        return None
    if chosen == stop:
        return Reply(Answer.STOP)
    if allow and chosen == allow and question.lease is not None:
        return Reply(Answer.YES, lease=usual(question.lease))
    return None if chosen == back else Reply(Answer.SILENCE)


async def _show(question: Question, choose: Choose) -> None:
    """All arguments, part by part; closing a part ends it."""
    shown = parts(question)
    for number, part in enumerate(shown, start=1):
        head = f"Arguments, part {number} of {len(shown)} · question {question.tag}"
        title = f"{'Next' if number < len(shown) else 'Back'} ({question.tag}.{number})"
        if await choose(f"{head}\n{part}", (title,)) != title:
            return
