"""The review in a real VS Code: everything that waits, whole, with buttons above each call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.process.window import text
from tests.vscode.drive.agent import DROP, agent
from tests.vscode.drive.window import picture

if TYPE_CHECKING:
    from tests.process.installation import Installation
    from tests.vscode.drive.window import EditorWindow

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


async def test_the_review_shows_what_waits_and_its_buttons_answer(
    window: EditorWindow, portico: Installation
) -> None:
    """Calls that came together stand in one document; what is left is put again as a dialog."""
    client = await agent(portico, window.project)
    calls = [client.call(DROP, table=f"dev_alice.review_{n}") for n in (1, 2)]
    await window.button("Review in an Editor…").click()
    await window.lens("Approve").nth(1).wait_for()
    await picture(window.page, "review")
    await window.lens("Approve").first.click()
    await window.page.get_by_text("1 call waits for your yes").wait_for()
    await window.answer_what_waits("1 waiting")
    await window.question.filter(has_text="dev_alice.review_").wait_for()
    await window.button("Don't Run").click()
    said = " ".join([text(await client.answer(call)) for call in calls])
    assert said.count("There is no table") == said.count("The user said no") == 1
    await window.page.get_by_text("Nothing waits for your yes").wait_for()
    await window.command("View: Close All Editors")


async def test_what_was_corrected_in_the_review_is_what_runs(
    window: EditorWindow, portico: Installation
) -> None:
    """Compare shows what differs from the last yes; Edit takes the arguments as they shall be."""
    client = await agent(portico, window.project)
    call = client.call(DROP, table="dev_alice.once")
    await window.question.wait_for()
    await window.button("Allow Once").click()
    assert "There is no table" in text(await client.answer(call))
    call = client.call(DROP, table="dev_alice.wrong")
    await window.question.wait_for()
    await window.button("More…").click()
    await window.pick("Review in an editor")
    await window.lens("Compare").click()
    await window.page.locator(".monaco-diff-editor").wait_for()
    await window.page.get_by_text("dev_alice.wrong").first.wait_for()
    await picture(window.page, "compare")
    await window.command("View: Close Editor")
    await window.lens("Edit").click()
    typed = window.page.locator(".quick-input-widget input")
    await typed.fill('{"table": "dev_alice.right"}')
    await typed.press("Enter")
    said = await client.answer(call)
    assert "dev_alice.right" in text(said)
    await window.command("View: Close All Editors")


async def test_a_no_in_the_review_runs_nothing(window: EditorWindow, portico: Installation) -> None:
    """It is the first of the buttons above a call."""
    client = await agent(portico, window.project)
    call = client.call(DROP, table="dev_alice.aside")
    await window.question.wait_for()
    await window.button("More…").click()
    await window.pick("Review in an editor")
    await window.lens("Approve").wait_for()
    await window.lens("Reject").click()
    assert "said no" in text(await client.answer(call))
    await window.command("View: Close All Editors")
