"""How the person hears of a question that no window shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from proxy.approval.code import ALPHABET, TRIES, Code
from proxy.approval.notification import command, notify
from proxy.approval.summons import Summons
from proxy.policy.offering import Owner
from proxy.policy.risk import Risk
from proxy.session import Session
from tests.proxy.approval.questions import about

if TYPE_CHECKING:
    from collections.abc import Mapping

QUESTION = about(owner=Owner("data"), risk=Risk.WRITE, code="7KQM-2XRD")


class Room:
    """Windows and a desktop that remember what they showed."""

    def __init__(self, *sessions: Session, page: bool = True) -> None:
        self.offered: list[str] = []
        self.notified: list[str] = []
        self.desktop = True
        for session in sessions:
            session.caller = self
            session.can_ask = True
        self.summons = Summons(
            sessions=lambda: sessions, page=self.address if page else None, notify=self.notify
        )

    async def address(self) -> str:
        """Where the page is."""
        return "http://127.0.0.1:1/"

    async def invite(self, headline: str, url: str) -> bool:
        """Offer it."""
        self.offered.append(f"{headline} {url}")
        return True

    async def offer(self, sentence: str, action: str) -> bool:
        """Nothing is said here in passing."""
        raise AssertionError(sentence, action)

    async def notify(self, title: str, text: str, _settings: Mapping[str, str]) -> bool:
        """Show it on the desktop."""
        self.notified.append(f"{title} {text}")
        return self.desktop


async def test_an_editor_offers_the_page_before_the_desktop_is_told() -> None:
    """Also one that is not paired; what it shows holds no code."""
    room = Room(Session("lsp"))
    assert await room.summons([QUESTION], Session("mcp"))
    assert (len(room.offered), room.notified) == (1, [])
    assert QUESTION.code not in room.offered[0]


async def test_without_an_editor_the_desktop_is_told_with_the_code() -> None:
    """An AI client is told nothing: a model may read what it shows."""
    agent = Session("mcp")
    room = Room(agent)
    assert await room.summons([QUESTION], agent)
    assert room.offered == []
    assert QUESTION.code in room.notified[0]
    assert "portico approve " not in room.notified[0]
    await room.summons([QUESTION, replace(QUESTION, id="2")], agent)
    assert "2 calls wait" in room.notified[1]
    room.desktop = False
    assert not await room.summons([QUESTION], agent)


async def test_without_a_company_there_is_no_page_to_offer() -> None:
    """The desktop says which command lists what waits."""
    room = Room(Session("lsp"), page=False)
    await room.summons([QUESTION], Session("mcp"))
    assert room.offered == []
    assert "`portico approvals`" in room.notified[0]


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_what_a_notification_says_is_an_argument(platform: str) -> None:
    """No shell, no script and no markup is made of it."""
    evil = '-x"; rm $(id) <b>&'
    argv = command("Title", evil, platform)
    assert argv[-1] == (evil if platform == "darwin" else '-x"; rm $(id) &lt;b&gt;&amp;')
    assert argv[-3:-1] == ["--", "Title"]
    assert command("Title", evil, "sunos") == []


async def test_where_there_is_no_desktop_nobody_is_told() -> None:
    """Without a session bus nothing is started."""
    assert not await notify("Title", "Text", {})


def test_a_code_is_read_however_it_is_typed_three_times() -> None:
    """Upper or lower case, with or without its dash; then no code is right any more."""
    code = Code()
    assert set(code.text.replace("-", "")) <= set(ALPHABET)
    assert code.fits(code.text.lower().replace("-", " "))
    assert [code.fits("wrong") for _ in range(TRIES)] == [False] * TRIES
    assert (code.spent, code.fits(code.text)) == (True, False)
