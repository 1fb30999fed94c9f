"""What may not run without a person, in a real VS Code: seen, pressed, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.vscode.drive.agent import DROP, agent
from tests.vscode.drive.window import picture

if TYPE_CHECKING:
    from sandbox.company import Company
    from tests.process.installation import Installation
    from tests.vscode.drive.window import EditorWindow

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


def arrived(company: Company, tool: str) -> int:
    """How many calls of a tool arrived at the company's door so far."""
    return sum(record["tool"] == tool for record in company.witness)


async def test_a_destructive_call_of_the_editors_own_client_is_asked_about_with_its_arguments(
    window: EditorWindow, company: Company
) -> None:
    """The dialog says what would run, and nothing has arrived before its yes."""
    before = arrived(company, "drop_table")
    answers = await window.call((DROP, {"table": "dev_alice.scratch"}))
    await window.host_confirms()
    await window.question.wait_for()
    await picture(window.page, "question")
    said = await window.question.inner_text()
    for words in ('"table": "dev_alice.scratch"', "data-platform", "~/webshop", "DESTRUCTIVE"):
        assert words in said
    assert arrived(company, "drop_table") == before
    await window.button("Allow Once").click()
    assert "dropped" in (await answers.all())[0]
    assert arrived(company, "drop_table") == before + 1


@pytest.mark.parametrize("key", ["Enter", "Escape", "Space"])
async def test_whoever_types_on_says_no(window: EditorWindow, company: Company, key: str) -> None:
    """The keys that a typing person hits run nothing."""
    before = arrived(company, "drop_table")
    answers = await window.call((DROP, {"table": "dev_alice.kept"}))
    await window.host_confirms()
    await window.question.wait_for()
    await window.page.keyboard.type("yes")
    await window.page.keyboard.press(key)
    assert "said no" in (await answers.all())[0]
    assert arrived(company, "drop_table") == before


async def test_do_not_disturb_hides_no_question(window: EditorWindow, company: Company) -> None:
    """The dialog comes all the same, and its first button runs nothing."""
    before = arrived(company, "drop_table")
    await window.command("Notifications: Toggle Do Not Disturb Mode")
    answers = await window.call((DROP, {"table": "dev_alice.kept"}))
    await window.host_confirms()
    await window.question.wait_for()
    await picture(window.page, "do-not-disturb")
    await window.button("Don't Run").click()
    assert "said no" in (await answers.all())[0]
    await window.command("Notifications: Toggle Do Not Disturb Mode")
    assert arrived(company, "drop_table") == before


async def test_of_five_calls_at_once_those_that_were_ticked_run(
    window: EditorWindow, portico: Installation, company: Company
) -> None:
    """They are one dialog, then one list with a box for each, none of them ticked."""
    before = arrived(company, "drop_table")
    client = await agent(portico, window.project)
    calls = [client.call(DROP, table=f"dev_alice.draft_{n}") for n in range(5)]
    await window.question.filter(has_text="5 calls").wait_for()
    await picture(window.page, "batch")
    await window.button("Tick Those That May Run…").click()
    for table in ("draft_1", "draft_3"):
        await window.pick(table)
    await picture(window.page, "ticked")
    await window.button("OK").click()
    said = [await client.answer(call) for call in calls]
    refused = [n for n, answer in enumerate(said) if "said no" in str(answer)]
    assert refused == [0, 2, 4]
    assert arrived(company, "drop_table") == before + 2


async def test_whoever_types_on_runs_none_of_several(
    window: EditorWindow, portico: Installation, company: Company
) -> None:
    """Enter is no in the dialog of a batch, and again in its list as long as nothing is ticked."""
    before = arrived(company, "drop_table")
    client = await agent(portico, window.project)
    for leads_to_list in (False, True):
        calls = [client.call(DROP, table=f"dev_alice.draft_{n}") for n in range(2)]
        await window.question.filter(has_text="2 calls").wait_for()
        if leads_to_list:
            await window.button("Tick Those That May Run…").click()
            await window.rows.filter(has_text="draft_1").wait_for()
        await window.page.keyboard.press("Enter")
        assert all(["said no" in str(await client.answer(call)) for call in calls])
    assert arrived(company, "drop_table") == before


async def test_a_question_of_a_server_comes_to_the_client_that_called_it(
    window: EditorWindow, company: Company
) -> None:
    """After the yes to the call, the server asks by a form of the editor's own, and goes on."""
    arguments = {"table": "revenue.daily", "query": "SELECT 1 AS day"}
    answers = await window.call(("presto_overwrite_table", arguments))
    await window.host_confirms()
    await window.question.filter(has_text="revenue.daily").wait_for()
    await window.button("Allow Once").click()
    toast = window.page.locator(".notification-toast").filter(has_text="Overwrite revenue.daily")
    await toast.wait_for()
    await picture(window.page, "elicitation")
    await toast.get_by_role("button", name="Respond").click()
    await window.pick("True")
    assert "written" in (await answers.all())[0]
    assert arrived(company, "overwrite_table") > 0
