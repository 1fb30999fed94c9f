"""Windows and the one sequence in which they and their calls arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy.session import Session, Sessions, arrival

if TYPE_CHECKING:
    from proxy.approval import Batch


class CountingWindow:
    """A window that counts what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def ask(self, _batch: Batch) -> None:
        """Nobody looks at it."""

    async def open_url(self, _url: str, _why: str = "") -> bool:
        """It shows no pages."""
        return False

    def tools_changed(self) -> None:
        """Count it."""
        self.told.append("tools")

    def approvals_changed(self) -> None:
        """Count it."""
        self.told.append("approvals")


def test_arrivals_order_windows_and_calls() -> None:
    """Whatever comes later has the higher number, and a touched window was used last."""
    first = Session("lsp")
    call = arrival()
    second = Session("lsp")
    assert first.opened < call < second.opened
    first.touch()
    assert first.focused > second.opened


def test_every_window_is_told_until_it_has_gone() -> None:
    """A window that went cannot ask any more, and one that is not ready yet is not told."""
    sessions, window = Sessions(), CountingWindow()
    gone, stays = Session("lsp", window=CountingWindow(), can_ask=True), Session("mcp")
    stays.window = window
    for session in (gone, stays, Session("cli")):
        sessions.add(session)
    sessions.remove(gone)
    sessions.tools_changed()
    sessions.approvals_changed()
    assert window.told == ["tools", "approvals"]
    assert (gone.can_ask, gone.window, len(sessions)) == (False, None, 2)


def test_a_window_may_leave_while_all_are_told() -> None:
    """Who goes in the middle of a round does not break it for the others."""
    sessions = Sessions()
    for _ in range(3):
        sessions.add(Session("mcp"))
    for session in sessions:
        sessions.remove(session)
    assert len(sessions) == 0
