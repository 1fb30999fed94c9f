"""What the extension shows in a real VS Code when nobody is asked anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.vscode.drive.window import picture

if TYPE_CHECKING:
    from tests.vscode.drive.window import EditorWindow

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


async def test_the_tree_shows_servers_and_tools_with_state_risk_and_owner(
    window: EditorWindow,
) -> None:
    """After one sign-in the company's servers are there, and a server opens to its tools."""
    for words in (["Presto"], ["Notebooks", "withheld"], ["Revenue metrics", "not for you"]):
        await window.line(*words).wait_for()
    await window.line("Presto", "data-platform").click()
    await window.line("drop_table", "destructive", "asks you").wait_for()
    await picture(window.page, "tree")


async def test_a_result_is_given_a_thumb(window: EditorWindow) -> None:
    """It stands at its call in the activity view from then on; one that is down may say why."""
    answers = await window.call(("presto_list_tables", {}))
    assert "revenue.daily" in (await answers.all())[0]
    line = window.line("presto.list_tables", "replied")
    for button, words in (
        ("This Result Was Good", "rated good"),
        ("This Result Was Not Good", "rated not good"),
    ):
        await line.hover()
        await line.get_by_role("button", name=button).click()
        if "Not" in button:
            note = window.page.locator(".quick-input-widget input")
            await note.fill("It is out of date.")
            await note.press("Enter")
        await window.line("presto.list_tables", words).wait_for()
    await picture(window.page, "activity")


async def test_the_status_bar_says_that_portico_is_offline(window: EditorWindow) -> None:
    """Its menu goes offline and comes back, and nobody is signed out by it."""
    await window.status.click()
    await window.pick("Go offline")
    await window.status.filter(has_text="offline").filter(has_text="alice").click()
    await window.pick("Come back online")
    await window.status.filter(has_not_text="offline").filter(has_text="alice").wait_for()
