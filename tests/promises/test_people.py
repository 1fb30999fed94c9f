"""Three people at work: back too late for their host, with two windows, with a terminal alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.process.window import text
from tests.promises.test_no_answer_is_no import SHELL, Terminal, open_eyes, questions

if TYPE_CHECKING:
    from tests.process.box import Box
    from tests.process.installation import Installation
    from tests.process.window import Window

TIMED_OUT = "McpError: MCP error -32001: Request timed out"
"""What a host's own timeout says (TypeScript SDK)."""


def give_up(host: Window, number: int, reason: str = TIMED_OUT) -> None:
    """The host does not wait for a call any longer."""
    params = {"requestId": number, "reason": reason}
    host.send({"method": "notifications/cancelled", "params": params})


async def test_somebody_comes_back_to_a_host_that_has_given_up(
    portico: Installation, box: Box
) -> None:
    """The prompt is still there; after the yes, the model's next try runs, and is not asked."""
    host = await (await portico.window()).initialize()
    async with portico.editor() as editor:
        eyes = await open_eyes(editor, portico)
        number = host.call("box_drop", table="dev.x")
        prompt = await asyncio.wait_for(eyes.next(), 120)
        give_up(host, number)
        await host.tools()  # It is answered after the cancellation was heard.
        assert len((await editor.request("portico/approvals", {}))["approvals"]) == 1
        prompt.press(prompt.button(yes=True))
        while (await editor.request("portico/approvals", {}))["approvals"]:
            pass
        assert box.calls == []
        assert await host.text("box_drop", table="dev.x") == "drop"
        assert not eyes.seen
        # The yes was for one call: the next one is asked about.
        number = host.call("box_drop", table="dev.x")
        prompt = await asyncio.wait_for(eyes.next(), 120)
        prompt.press(prompt.button(yes=False))
        assert "said no" in text(await host.answer(number))
    assert box.calls == ["drop"]


async def test_a_host_that_takes_its_call_back_takes_the_prompt_away(
    portico: Installation, box: Box
) -> None:
    """A person who presses stop in their AI client finds no prompt in their editor."""
    host = await (await portico.window()).initialize()
    async with portico.editor() as editor:
        eyes = await open_eyes(editor, portico)
        number = host.call("box_drop", table="dev.x")
        await asyncio.wait_for(eyes.next(), 120)
        give_up(host, number, "User requested cancellation")
        while (await editor.request("portico/approvals", {}))["approvals"]:
            pass
    assert box.calls == []


async def test_a_host_that_starts_its_server_anew_gets_the_answer_there(
    portico: Installation, box: Box
) -> None:
    """Some hosts end the server after a timeout; the question outlives it, and so does its yes."""
    first = await (await portico.window()).initialize()
    async with portico.editor() as editor:
        eyes = await open_eyes(editor, portico)
        first.call("box_drop", table="dev.x")
        prompt = await asyncio.wait_for(eyes.next(), 120)
        await first.kill()
        second = await (await portico.window()).initialize()
        hub = (await editor.request("portico/status", {}))["hub"]
        while sum(one["role"] == "mcp" for one in hub["sessions"]) > 1:
            hub = (await editor.request("portico/status", {}))["hub"]
        prompt.press(prompt.button(yes=True))
        assert await second.text("box_drop", table="dev.x") == "drop"
        assert not eyes.seen
    assert box.calls == ["drop"]


async def test_with_two_windows_the_prompt_is_in_the_one_of_the_calls_project(
    portico: Installation, box: Box
) -> None:
    """Whatever window was used last; and what fires many calls is one prompt, in the right one."""
    other = str(portico.project.parent)
    window = await portico.window("mcp", "--workspace", str(portico.project))
    host = await window.initialize()
    async with portico.editor() as here, portico.editor("lsp", "--workspace", other) as there:
        right, wrong = await open_eyes(here, portico), await open_eyes(there, portico)
        numbers = [host.call("box_drop", table=f"dev.t{number}") for number in range(12)]
        prompt = await asyncio.wait_for(right.next(), 120)
        assert prompt.message.startswith("12 calls wait for your yes:")
        await there.request("portico/status", {})
        prompt.press(next(title for title in prompt.actions if title.startswith("Approve all")))
        answers = [text(await host.answer(number)) for number in numbers]
        assert answers == ["drop"] * 12
        assert (right.seen, wrong.seen) == (False, False)
    assert box.calls == ["drop"] * 12


async def test_somebody_with_a_terminal_and_an_ai_client_alone(
    portico: Installation, box: Box
) -> None:
    """They see the question there and correct it; the host that gave up has it at its next try."""
    opened = await Terminal.open(portico)
    host = await portico.start(SHELL)
    await host.initialize()
    number = host.call("box_change", table="dev.x", limit=500)
    (asked,) = await questions(portico)
    assert "1 question waits" in (await portico.run("status")).out
    give_up(host, number)
    code, said = await opened.run("approve", asked["tag"], "--arg", "limit=10")
    assert (code, '"limit": 10' in said) == (0, True), said
    answer = await host.answer(host.call("box_change", table="dev.x", limit=500))
    assert "the user changed the arguments" in text(answer)
    assert answer["result"]["_meta"]["portico/edited"] == {"table": "dev.x", "limit": 10}
    assert box.calls == ["change"]
