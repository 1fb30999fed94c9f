"""Questions as messages with buttons, for editors that know no more than LSP's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ide_protocol.lsp.message import ask
from proxy.approval import Answer, Batch, LeaseWish, Question, Reply
from proxy.policy.lease import LeaseLimits
from proxy.policy.offering import Owner
from proxy.policy.risk import Risk
from tests.proxy.approval.questions import about

if TYPE_CHECKING:
    from collections.abc import Sequence


def question(tag: str = "ab12", **changes: object) -> Question:
    """A question about a call that writes."""
    return about(
        **{
            "server": "spark",
            "title": "Spark",
            "owner": Owner("data-platform"),
            "tool": "submit_job",
            "risk": Risk.WRITE,
            "arguments": '{"queue":"dev"}',
            "reason": "This call writes.",
            "lease": LeaseLimits(60, 50),
            "tag": tag,
            **changes,
        }
    )


class Editor:
    """An editor whose person presses the buttons that begin with these words, one by one."""

    def __init__(self, *presses: str | None) -> None:
        self.presses = list(presses)
        self.shown: list[str] = []
        self.first: list[str] = []

    async def choose(self, text: str, titles: Sequence[str]) -> str | None:
        """Remember what was shown, and press the next button."""
        self.shown.append(text)
        self.first.append(titles[0])
        press = self.presses.pop(0)
        if press is None:
            return None
        (title,) = (title for title in titles if title.startswith(press))
        return title


async def said(editor: Editor, *questions: Question) -> list[Reply]:
    """What the person of an editor says to each of these questions."""
    replies: dict[str, Reply] = {}
    batch = Batch(
        questions,
        settle=lambda one, reply: replies.update({one.id: reply}),
        is_open=lambda one: one.id not in replies,
    )
    await ask(batch, editor.choose)
    assert editor.presses == []
    return [replies[one.id] for one in questions]


YES, NO = Reply(Answer.YES), Reply(Answer.NO)


@pytest.mark.parametrize(
    ("presses", "reply"),
    [
        (["Allow once"], YES),
        (["Deny"], NO),
        ([None], Reply(Answer.SILENCE)),
        (["More", "Deny, and do not ask again"], Reply(Answer.STOP)),
        (["More", "Allow 20 calls in 15 minutes"], Reply(Answer.YES, lease=LeaseWish(15, 20))),
        (["More", "Back", "Allow once"], YES),
        (["More", None], Reply(Answer.SILENCE)),
    ],
)
async def test_each_button_is_its_answer_and_no_button_is_none(
    presses: list[str | None], reply: Reply
) -> None:
    """The rare answers are behind More; the first button never says yes."""
    editor = Editor(*presses)
    assert await said(editor, question()) == [reply]
    assert not any(title.startswith(("Allow", "Approve")) for title in editor.first)


async def test_all_arguments_are_shown_on_demand() -> None:
    """Where a prompt cuts them, More shows every character, part by part, then asks again."""
    long = json.dumps({"note": "x" * 5000 + "THE END", "table": "prod"})
    editor = Editor("More", "Show all arguments", "Next", "Next", "Next", "Next", "Back", "Deny")
    assert await said(editor, question(arguments=long)) == [NO]
    parts = [text.partition("\n")[2] for text in editor.shown[2:-1]]
    assert "".join(parts) == long
    assert "THE END" in editor.shown[0], "each argument shows its end anyway"


@pytest.mark.parametrize(
    ("presses", "replies"),
    [
        (["Approve all 3"], [YES, YES, YES]),
        (["None"], [NO, NO, NO]),
        ([None], [Reply(Answer.SILENCE)] * 3),
        (["Review one by one", "Allow once", "Deny", None], [YES, NO, Reply(Answer.SILENCE)]),
    ],
)
async def test_several_calls_are_one_message_with_an_answer_for_each(
    presses: list[str | None], replies: list[Reply]
) -> None:
    """All, none, or one by one; every call stands in the message."""
    calls = [question(f"ab1{n}", arguments=f'{{"queue":"dev-{n}"}}') for n in range(3)]
    editor = Editor(*presses)
    assert await said(editor, *calls) == replies
    lines = editor.shown[0].split("\n")
    assert lines[0] == "3 calls wait for your yes:"
    for number, line in enumerate(lines[1:4]):
        assert line.startswith(f"{number + 1}. WRITE: “submit_job” on Spark (run by data-platform)")
        assert f'"dev-{number}"' in line


async def test_what_was_settled_elsewhere_is_not_asked_one_by_one() -> None:
    """A call that was withdrawn meanwhile costs the person no click."""
    first, second = question("aaaa"), question("bbbb")
    settled: list[str] = []
    batch = Batch(
        [first, second],
        settle=lambda one, _: settled.extend((one.id, second.id)),
        is_open=lambda one: one.id not in settled,
    )
    editor = Editor("Review", "Allow once")
    await ask(batch, editor.choose)
    assert len(editor.shown) == 2
