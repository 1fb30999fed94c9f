"""Calls from other processes than the editor, and where they are asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.process.window import text
from tests.vscode.drive.agent import DROP, agent
from tests.vscode.drive.window import EditorWindow, picture

if TYPE_CHECKING:
    from tests.process.installation import Installation
    from tests.vscode.drive.workbench import Workbench

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


async def test_a_call_of_another_process_is_approved_in_the_window_of_its_workspace(
    window: EditorWindow, portico: Installation
) -> None:
    """The client is no child of the editor; the window that shows its project asks."""
    client = await agent(portico, window.project)
    call = client.call(DROP, table="dev_alice.elsewhere")
    await window.question.filter(has_text="dev_alice.elsewhere").wait_for()
    await picture(window.page, "other-process")
    await window.button("Allow Once").click()
    assert "There is no table" in text(await client.answer(call))


async def test_with_two_windows_open_the_right_one_asks(
    window: EditorWindow, workbench: Workbench, portico: Installation
) -> None:
    """Each project's calls are asked about in the window that shows it, and in no other."""
    other = await EditorWindow.open(window.page.context, workbench, "warehouse")
    await other.status.filter(has_text="alice").wait_for()
    both = (window, other)
    for asking, silent in (both, both[::-1]):
        client = await agent(portico, asking.project)
        call = client.call(DROP, table=f"dev_alice.{asking.project.name}")
        await asking.question.filter(has_text=f"~/{asking.project.name}").wait_for()
        assert not await silent.dialog.is_visible()
        await silent.status.filter(has_text="1 elsewhere").wait_for()
        await asking.button("Don't Run").click()
        assert "said no" in text(await client.answer(call))
    await other.page.close()
