"""One window of VS Code, with the hands and the eyes of a person."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Locator, Page

    from tests.vscode.drive.workbench import Workbench


_AGAIN = 10_000
"""Milliseconds after which the palette is opened once more."""

_TRIES = 5


async def picture(page: Page, name: str) -> None:
    """Keep what a person sees. A browser that cannot draw just now fails no test of Portico."""
    from playwright.async_api import Error

    path = Path(os.environ["PORTICO_TEST_DRIVE"]) / f"vscode-{name}.png"
    with contextlib.suppress(Error):
        await page.screenshot(path=path, animations="disabled")


class EditorWindow:
    """A window on a project.

    Attributes:
        page: The workbench.
        project: The folder that it shows.
    """

    def __init__(self, page: Page, project: Path, workbench: Workbench) -> None:
        self.page = page
        self.project = project
        self._workbench = workbench
        self._number = 0

    @classmethod
    async def open(cls, context: BrowserContext, workbench: Workbench, name: str) -> EditorWindow:
        """A new window on the project of that name, once the extension is there."""
        project = workbench.home / name
        project.mkdir(exist_ok=True)
        page = await context.new_page()
        window = cls(page, project, workbench)
        await page.goto(f"{workbench.url}/?folder={project}", wait_until="domcontentloaded")
        await window.status.wait_for()
        return window

    @property
    def status(self) -> Locator:
        """Portico's item in the status bar."""
        return self.page.locator(".statusbar-item[id='portico.portico.portico.status']")

    @property
    def dialog(self) -> Locator:
        """Whatever dialog is open."""
        return self.page.locator(".monaco-dialog-box")

    @property
    def question(self) -> Locator:
        """Portico's dialog, which always has the button that runs nothing."""
        return self.dialog.filter(has=self.button("Don't Run").or_(self.button("Run None")))

    @property
    def rows(self) -> Locator:
        """The lines of the quick pick that is open."""
        return self.page.locator(".quick-input-list .monaco-list-row")

    def line(self, *words: str) -> Locator:
        """The line of a tree view that has all these words."""
        found = self.page.locator(".tree-explorer-viewlet-tree-view .monaco-list-row")
        for word in words:
            found = found.filter(has_text=word)
        return found.first

    def button(self, name: str) -> Locator:
        """The button of this very name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def lens(self, name: str) -> Locator:
        """The buttons of that name above the calls of the review."""
        return self.page.locator(".codelens-decoration").get_by_role(
            "button", name=name, exact=True
        )

    async def sign_in(self, person: str) -> None:
        """Sign in through the status bar and the company's page, and pair this window."""
        await self.status.filter(has_text="sign in").click()
        async with self.page.context.expect_page() as opened:
            await self.pick("Sign in")
        login = await opened.value
        await login.get_by_role("button", name=person).click()
        pair = login.get_by_role("button", name="Pair it for good")
        await pair.wait_for()
        await picture(login, "sign-in")
        await pair.click()
        await login.get_by_text("is paired").wait_for()
        await login.close()
        await self.page.bring_to_front()
        await self.status.filter(has_text=person.lower()).wait_for()

    async def answer_what_waits(self, said: str) -> None:
        """Go back from the review to the dialog, by the status bar, once that says so much."""
        await self.status.filter(has_text=said).click()
        await self.pick("Answer what waits")

    async def start_server(self) -> None:
        """Start Portico as an MCP server of VS Code's, by VS Code's own list of servers."""
        await self.command("MCP: List Servers")
        await self.pick("Portico")
        await self.pick("Start Server")
        await self.page.locator(".output-view").get_by_text("Discovered").wait_for()
        await self.command("View: Hide Panel")

    async def command(self, name: str) -> None:
        """Run a command from the palette, by its whole name."""
        from playwright.async_api import TimeoutError as Gone

        row = self.rows.filter(has=self.page.get_by_text(name, exact=True)).first
        for _ in range(_TRIES):
            await self.page.keyboard.press("F1")
            # What has only just opened may take the focus, and the palette is gone again.
            with contextlib.suppress(Gone):
                typed = self.page.locator(".quick-input-widget input")
                await typed.fill(f">{name}", timeout=_AGAIN)
                await row.click(timeout=_AGAIN)
                return
        await row.click()

    async def pick(self, label: str) -> None:
        """Click a line of the quick pick."""
        await self.rows.filter(has_text=label).first.click()

    async def call(self, *calls: tuple[str, dict[str, Any]]) -> Answers:
        """Have VS Code's own MCP client call tools at once, and confirm its own dialogs."""
        self._number += 1
        answers = self._workbench.folder / f"answers-{self.project.name}-{self._number}.json"
        listed = [{"tool": tool, "input": arguments} for tool, arguments in calls]
        text = json.dumps({"calls": listed, "answers": str(answers)})
        self._workbench.calls.write_text(text, encoding="utf-8")
        await self.command("Caller: Call Tools")
        return Answers(self, answers)

    async def host_confirms(self) -> None:
        """Press Yes in VS Code's own dialog, which comes first and does not know the arguments."""
        await self.button("Yes").click()


class Answers:
    """What calls will have come to."""

    def __init__(self, window: EditorWindow, path: Path) -> None:
        self._window = window
        self._path = path

    async def all(self) -> list[str]:
        """The text of each, once all have ended; the stand-in says so in the status bar."""
        done = self._window.page.locator(".statusbar-item", has_text=f"Caller: {self._path.stem}")
        await done.wait_for()
        found = json.loads(self._path.read_text(encoding="utf-8"))
        return [answer.get("text", answer.get("error")) for answer in found]
