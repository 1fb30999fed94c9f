"""Signing in where the browser is not: from a terminal far away, and in an editor over SSH."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.browser import Browser
from tests.process.installation import LAUNCHER
from tests.process.screen import Screen
from tests.process.signing import Issued, Pages, sign_in
from tests.process.window import text
from tests.providers.place import stopped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.company import Company
    from sandbox.editor import Editor
    from tests.process.installation import Installation

READ = "presto_run_query"
SQL = "SELECT 42 AS answer"
COMPLETE = re.compile(r"http://127\.0\.0\.1:\d+/enter\?code=[A-Z]{4}-[A-Z]{4}")
PAGE = re.compile(r"http://127\.0\.0\.1:\d+/authorize\?\S+")


@pytest.fixture
def screen() -> Iterator[Screen]:
    """A terminal for one command."""
    made = Screen()
    yield made
    made.close()


class Messages:
    """The messages with buttons that an editor was asked to show, each pressed as told."""

    def __init__(self, editor: Editor) -> None:
        self.shown: asyncio.Queue[str] = asyncio.Queue()
        self.press: asyncio.Queue[dict[str, str] | None] = asyncio.Queue()
        editor.on("window/showMessageRequest", self._show)

    async def _show(self, params: dict[str, Any]) -> object:
        self.shown.put_nowait(params["message"])
        return await self.press.get()


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("words", [("login",), ("login", "--device")], ids=" ".join)
async def test_a_terminal_without_a_browser_shows_a_code(
    portico: Installation, screen: Screen, words: tuple[str, ...]
) -> None:
    """Where no browser can open, `portico login` alone comes to the code; typed, it signs in."""
    process = await _typed(portico, screen, *words)
    address = await asyncio.to_thread(screen.find, COMPLETE)
    async with Browser.start("alice") as browser:
        await browser.open(address)
        assert "other device" in browser.words
    await asyncio.to_thread(screen.until, b"Signed in as alice")
    assert await process.wait() == 0


@pytest.mark.usefixtures("company")
async def test_an_address_is_pasted_into_a_terminal(portico: Installation, screen: Screen) -> None:
    """The browser stops elsewhere, the person brings its address, and is signed in."""
    process = await _typed(portico, screen, "login", "--paste")
    shown = (await asyncio.to_thread(screen.until, b"Paste it here: ")).decode()
    found = PAGE.search(shown)
    assert found is not None
    address = await stopped(found[0], {"user": "alice"})
    screen.type(address.encode() + b"\n")
    await asyncio.to_thread(screen.until, b"Signed in as alice")
    assert await process.wait() == 0


@pytest.mark.usefixtures("company")
async def test_a_terminal_brings_the_address_for_an_editors_sign_in(
    portico: Installation, screen: Screen
) -> None:
    """The page that an editor opened can be brought home by `portico login --paste` as well."""
    async with portico.editor() as editor:
        pages = Pages(editor)
        signing = asyncio.ensure_future(editor.request("portico/signIn", {}))
        page = await pages.next()
        process = await _typed(portico, screen, "login", "--paste")
        shown = (await asyncio.to_thread(screen.until, b"Paste it here: ")).decode()
        assert page in shown
        screen.type((await stopped(page, {"user": "alice"})).encode() + b"\n")
        assert (await signing)["user"]["subject"] == "alice"
        await asyncio.to_thread(screen.until, b"Signed in as alice")
        assert await process.wait() == 0


@pytest.mark.usefixtures("company")
async def test_an_editor_over_ssh_shows_a_code_in_a_message(portico: Installation) -> None:
    """An editor that leads no browser back is not asked to open a page that could not come back."""
    portico.environment["SSH_CONNECTION"] = "192.0.2.7 50000 192.0.2.1 22"
    async with portico.editor() as editor:
        pages, messages = Pages(editor), Messages(editor)
        signing = asyncio.ensure_future(editor.request("portico/signIn", {}))
        shown = await messages.shown.get()
        code = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", shown)
        assert code is not None
        messages.press.put_nowait({"title": "Open the page"})
        async with Browser.start("alice") as browser:
            await browser.open(await pages.next())
        assert (await signing)["user"]["subject"] == "alice"
        assert code[0] in shown


async def test_a_sign_in_that_ends_while_nobody_looks_is_said_once_and_opens_no_page(
    portico: Installation, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call says what to do, the editor says it once, and its button opens the page."""
    issued = Issued(company, monkeypatch)
    window = await (await portico.window()).initialize()
    async with portico.editor() as editor:
        await sign_in(editor, "alice")
        pages, messages = Pages(editor), Messages(editor)
        assert "42" in await window.text(READ, sql=SQL)
        company.provider.revoke_all()
        issued.expire()
        for _ in range(3):
            assert "portico login" in text(await window.answer(window.call(READ, sql=SQL)))
        assert "has ended" in await messages.shown.get()
        await editor.request("portico/status", {})
        assert (messages.shown.empty(), pages.unread) == (True, 0)
        messages.press.put_nowait({"title": "Sign in"})
        async with Browser.start("alice") as browser:
            await browser.open(await pages.next())
            assert "Signed in as alice" in browser.words


async def _typed(portico: Installation, screen: Screen, *words: str) -> asyncio.subprocess.Process:
    """A command on a terminal that is as wide as an address is long."""
    return await asyncio.create_subprocess_exec(
        LAUNCHER,
        *words,
        stdin=screen.theirs,
        stdout=screen.theirs,
        stderr=screen.theirs,
        env={**portico.environment, "NO_COLOR": "1", "COLUMNS": "4000", "TERM": "dumb"},
        cwd=portico.project,
    )
