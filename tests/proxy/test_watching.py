"""A call that takes long, and what an editor's window shows and hears of calls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from proxy.approval import Answer
from proxy.exchange.watching import share, watched
from proxy.session import Session
from proxy.upstream.fault import UpstreamUnreachable
from tests.proxy.house import House, RememberingUpstream, text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


class ShowingEditor:
    """An editor's window that remembers what it is to show."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, bool]] = []
        self.titles: list[str] = []
        self.reports: list[tuple[str, int | None]] = []
        self.ended = asyncio.Event()
        self.shown = asyncio.Event()
        self.reported = asyncio.Event()
        self.cancel: Callable[[], None] = lambda: None

    def log(self, message: str, *, grave: bool = False) -> None:
        """Remember a line."""
        self.lines.append((message, grave))

    def progress(self, title: str, cancel: Callable[[], None]) -> ShowingEditor:
        """Remember a call; this window is its progress, too."""
        self.titles.append(title)
        self.cancel = cancel
        self.shown.set()
        return self

    def report(self, message: str, percentage: int | None = None) -> None:
        """Remember how far it is."""
        self.reports.append((message, percentage))
        self.reported.set()

    def end(self, _message: str = "") -> None:
        """It has ended."""
        self.ended.set()


class TellingUpstream(RememberingUpstream):
    """A server that says how far it is, and never comes to an end."""

    async def send(
        self,
        _method: str,
        params: dict[str, Any],
        _relay: Any,  # noqa: ANN401
        **more: object,
    ) -> dict[str, Any]:
        """Say something, then wait."""
        told = {"progressToken": 1, "progress": 3, "total": 4, "message": "part\n3"}
        _relay.notify({"method": "notifications/progress", "params": told})
        return await super().send(_method, params, _relay, **more)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose calls count as long at once, and whose server never answers."""
    opened = House(tmp_path)
    opened.journal.open()
    opened.exchanges.long = 0.0
    opened.upstream = TellingUpstream()
    opened.upstream.waits = True
    opened.agent.workspace = "/src/webshop"
    yield opened
    await opened.journal.close()
    await opened.catalog.aclose()


def editor(house: House, workspace: str | None = "/src/webshop", **more: Any) -> ShowingEditor:  # noqa: ANN401
    """One more editor window, on a workspace."""
    window = ShowingEditor()
    session = Session("lsp", workspace=workspace, editor=window, **more)
    house.sessions.add(session)
    return window


async def test_a_long_call_shows_in_the_window_of_its_workspace(house: House) -> None:
    """That window says which call it is and how far; one of another project says nothing."""
    mine, other = editor(house), editor(house, "/src/other")
    unknown = editor(house, None)
    _, running = house.start("presto_read")
    await mine.reported.wait()
    assert mine.titles == ["Presto: read"]
    assert mine.reports == [("part 3", 75)]
    running.cancel()
    await asyncio.wait([running])
    assert mine.ended.is_set()
    assert running.cancelled()
    assert (other.titles, unknown.titles) == ([], [])


async def test_the_window_that_started_the_client_comes_first(house: House) -> None:
    """The kernel's word on who started the client says more than a folder that two share."""
    house.agent.host_pid = 77
    older, own = editor(house), editor(house, None, host_pid=77)
    _, running = house.start("presto_read")
    await own.shown.wait()
    assert older.titles == []
    running.cancel()
    await asyncio.wait([running])


async def test_cancelling_in_the_editor_cancels_the_call(house: House) -> None:
    """The AI client is answered that the user did it, and the audit has one outcome."""
    window = editor(house)
    call, running = house.start("presto_read")
    await window.shown.wait()
    window.cancel()
    window.cancel()
    said = text(await running)
    assert "The user cancelled this call" in said
    assert said.endswith("[call-stopped]")
    outcomes = [one for one in await house.records() if one["event"] == "outcome"]
    assert [(one["outcome"], one["reference"]) for one in outcomes] == [
        ("cancelled", "call-stopped")
    ]
    assert outcomes[0]["exchange"] == call.id


async def test_a_cancel_that_comes_too_late_cancels_nothing(house: House) -> None:
    """Once the call has ended, its window's cancel is nobody's."""
    window = editor(house)

    async def life() -> str:
        async with watched(house.call("presto_read"), lambda: "x", lambda: house.sessions, 0.0):
            await window.shown.wait()
        window.cancel()
        await asyncio.sleep(0)
        return "went on"

    assert await asyncio.ensure_future(life()) == "went on"


async def test_a_client_that_cancels_at_the_same_moment_gets_no_answer(house: House) -> None:
    """Whoever cancelled a call waits for nothing, whatever the person did besides."""
    window = editor(house)
    _, running = house.start("presto_read")
    await window.shown.wait()
    window.cancel()
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()


async def test_a_short_call_shows_nowhere(house: House) -> None:
    """Only what takes long is worth a person's eyes."""
    window = editor(house)
    house.exchanges.long = 3600.0
    house.upstream.waits = False
    await house.run("presto_read")
    assert window.titles == []


async def test_the_window_of_the_workspace_hears_why_a_call_did_not_run(house: House) -> None:
    """A no, and a rule's denial, are a line in the editor's log."""
    mine, other = editor(house), editor(house, "/src/other")
    asked = house.open_session("lsp", Answer.NO)
    asked.paired = True
    house.agent = Session("mcp", host="Agent", workspace="/src/webshop")
    house.sessions.add(house.agent)
    await house.run("presto_drop")
    (line,) = mine.lines
    assert line[0].startswith("Agent called presto_drop, which did not run.")
    assert other.lines == []


async def test_every_editor_hears_that_a_server_went_and_came_back(house: House) -> None:
    """Each once, and not at every attempt."""
    window = editor(house)
    told: list[tuple[str, bool]] = []
    house.catalog.reached = lambda offering, fault: told.append((offering.server, fault is None))
    upstream = house.upstream

    async def broken() -> list[dict[str, Any]]:
        raise UpstreamUnreachable("Nobody listens.")

    await house.catalog.relist("presto")
    good, upstream.list_tools = upstream.list_tools, broken  # type: ignore[method-assign]
    await house.catalog.relist("presto")
    await house.catalog.relist("presto")
    upstream.list_tools = good  # type: ignore[method-assign]
    await house.catalog.relist("presto")
    assert told == [("presto", False), ("presto", True)]
    assert window.lines == []


@pytest.mark.parametrize(
    ("progress", "total", "said"),
    [(3, 4, 75), (9, 4, 100), (-1, 4, 0), (1, None, None), (1, 0, None), ("1", 2, None)],
)
def test_how_far_a_call_is_needs_both_numbers(
    progress: object, total: object, said: int | None
) -> None:
    """Percent are within 0 and 100, and nothing where the server did not say of how much."""
    assert share(progress, total) == said
