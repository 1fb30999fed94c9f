"""No answer is no: a call that must be asked about runs on a person's yes and on nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.command_line.exit_code import ExitCode
from proxy.approval.terminal import inspect
from sandbox.person import Eyes
from tests.process import terminal
from tests.process.conftest import behind
from tests.process.installation import LAUNCHER
from tests.process.window import text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.editor import Editor
    from tests.process.box import Box
    from tests.process.installation import Ended, Installation
    from tests.process.window import Window

SHELL = ["/bin/sh", "-c", '"$@"; exit $?', "agent", LAUNCHER, "mcp"]
"""An AI client of its own: the shim's parent is the shell, and not this test."""


@pytest.fixture
async def agent(portico: Installation, box: Box) -> AsyncIterator[Window]:
    """An AI client that cannot be asked anything itself; nothing it reads helps it to a yes."""
    assert box.calls == []
    window = await portico.start(SHELL)
    await window.initialize()
    yield window
    assert "portico approve" not in "".join(window.lines)


async def questions(portico: Installation) -> list[dict[str, Any]]:
    """The open questions, as soon as there is one."""
    while True:
        found: list[dict[str, Any]] = (await portico.run("approvals", "--json")).json["approvals"]
        if found:
            return found


class Terminal:
    """A terminal that was opened now, and runs its command later."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def open(cls, portico: Installation, kind: str = "tty") -> Terminal:
        """Open it; returns once the kernel counts it older than whatever is asked next."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", terminal.__file__, kind),
            stdin=pipe,
            stdout=pipe,
            env=portico.environment,
            cwd=portico.project,
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        seen = inspect(process.pid)
        assert seen is not None
        assert seen.opened is not None
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - seen.opened
        await asyncio.sleep(max(0.0, 0.1 - age))
        return cls(process)

    async def run(self, *arguments: str) -> tuple[int, str]:
        """Run one of our commands there; its exit code and everything it said."""
        said, _ = await self.process.communicate(
            json.dumps([LAUNCHER, *arguments]).encode() + b"\n"
        )
        ended = json.loads(said)
        return ended["code"], ended["said"]


async def test_an_older_terminal_of_the_persons_own_may_say_yes(
    portico: Installation, agent: Window, box: Box
) -> None:
    """A terminal that was open before the call, and is none of the asking host's, counts."""
    opened = await Terminal.open(portico)
    number = agent.call("box_change", table="dev.x")
    (asked,) = await questions(portico)
    code, said = await opened.run("approve", asked["id"])
    assert (code, "Approved:" in said) == (0, True), said
    answer = await agent.answer(number)
    assert text(answer) == "change"
    assert asked["id"] not in "".join(agent.lines)
    assert box.calls == ["change"]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("no-tty", "here is none"),
        ("borrowed", "this command has none"),
        ("younger", "opened after the call"),
        ("descendant", "started by the program that asks"),
    ],
)
async def test_a_terminal_that_an_agent_could_have_made_may_not_say_yes(
    portico: Installation, agent: Window, box: Box, kind: str, why: str
) -> None:
    """With none, with one opened after the call or by the asking host: refused, and not run."""
    asking = agent
    if kind == "descendant":
        # Started by this process, which opens the terminal, too.
        asking = await (await portico.window()).initialize()
    early = await Terminal.open(portico, kind if kind in {"no-tty", "borrowed"} else "tty")
    number = asking.call("box_change", table="dev.x")
    (asked,) = await questions(portico)
    used = await Terminal.open(portico) if kind == "younger" else early
    code, said = await used.run("approve", asked["id"])
    assert (code, why in said) == (ExitCode.PERSON, True), said
    if used is not early:
        await early.run("version")
    assert box.calls == []
    rejected = await portico.run("reject", asked["id"])
    assert (rejected.code, "Rejected:" in rejected.out) == (0, True), rejected
    assert "said no" in text(await asking.answer(number))
    assert box.calls == []


async def test_a_person_may_call_from_a_terminal_and_say_yes(
    portico: Installation, agent: Window, box: Box
) -> None:
    """`portico call` in a person's own terminal asks there, while an agent is connected."""
    opened = await Terminal.open(portico, "typing")
    code, said = await opened.run("call", "box.change")
    assert (code, "write" in said) == (0, True), said
    assert box.calls == ["change"]
    assert agent.process.returncode is None


async def test_an_agent_may_not_call_from_a_terminal_of_its_own_and_say_yes(
    portico: Installation, box: Box
) -> None:
    """A yes typed in a terminal that any connected AI client started counts for nothing."""
    window = await (await portico.window()).initialize()
    opened = await Terminal.open(portico, "typing")
    code, said = await opened.run("call", "box.change")
    assert code == ExitCode.DENIED, said
    assert box.calls == []
    assert window.process.returncode is None


async def test_a_raw_yes_on_the_socket_is_refused(
    portico: Installation, agent: Window, box: Box
) -> None:
    """An agent that speaks to the hub itself, without our command line, gets nowhere either."""
    number = agent.call("box_change")
    (asked,) = await questions(portico)
    forger = (
        "import sys\n"
        "from ide_protocol.own import contract\n"
        "from ide_protocol.command_line.conversation import Refusal, conversation\n"
        "with conversation() as hub:\n"
        "    try: hub.request(contract.ANSWER, {'id': sys.argv[1], 'answer': 'yes'}, doing='')\n"
        "    except Refusal as no: print(no.report['reference'])\n"
    )
    told = await portico.execute([sys.executable, "-I", "-c", forger, asked["id"]])
    assert told.out == "terminal-not-accepted\n", told.errors
    assert (await portico.run("reject", asked["id"])).code == 0
    await agent.answer(number)
    assert box.calls == []


@pytest.mark.parametrize("reaction", ["closes", "imitates", "leaves", "dies"])
async def test_an_editor_without_a_yes_is_a_no(
    portico: Installation, agent: Window, box: Box, reaction: str
) -> None:
    """A closed prompt, another title, an exit, a killed window: each is no, at once."""
    async with portico.editor() as editor:
        eyes = await open_eyes(editor, portico)
        number = agent.call("box_drop", table="dev.x")
        prompt = await asyncio.wait_for(eyes.next(), 120)
        if reaction == "closes":
            prompt.press(None)
        elif reaction == "imitates":
            prompt.press("Allow once")
        elif reaction == "leaves":
            await editor.notify("exit", {})
        else:
            os.kill(editor._process.pid, signal.SIGKILL)
        answer = await agent.answer(number)
    assert answer["result"]["isError"] is True
    assert "so it was not sent" in text(answer)
    assert box.calls == []


async def test_a_person_who_does_not_answer_says_no(portico: Installation, box: Box) -> None:
    """At the deadline of `[approvals]` the question is gone and the call was not sent."""
    portico.configure(behind(box, "[approvals]\ndeadline_seconds = 0.3\n"))
    agent = await (await portico.window()).initialize()
    async with portico.editor() as editor:
        eyes = await open_eyes(editor, portico)
        assert "Nobody answered" in await agent.text("box_drop")
        prompt = await asyncio.wait_for(eyes.next(), 120)
        prompt.press(prompt.button(yes=True))
        assert (await editor.request("portico/approvals", {}))["approvals"] == []
    assert box.calls == []


async def test_only_a_window_that_was_open_before_the_call_is_asked(
    portico: Installation, agent: Window, box: Box
) -> None:
    """An editor that opens while the question waits never shows it."""
    number = agent.call("box_change")
    (asked,) = await questions(portico)
    async with portico.editor() as late:
        eyes = await open_eyes(late, portico)
        assert (await late.request("portico/approvals", {}))["approvals"][0]["id"] == asked["id"]
        assert not eyes.seen
        rejected: Ended = await portico.run("reject", asked["id"])
        assert rejected.code == 0
        await agent.answer(number)
        assert not eyes.seen
    assert box.calls == []


async def test_the_editor_of_the_same_workspace_says_yes(
    portico: Installation, agent: Window, box: Box
) -> None:
    """One yes in the editor runs the call once; what the model reads names no question."""
    async with portico.editor() as editor:
        eyes = await open_eyes(editor, portico)
        number = agent.call("box_drop", table="dev.x")
        prompt = await asyncio.wait_for(eyes.next(), 120)
        (asked,) = (await editor.request("portico/approvals", {}))["approvals"]
        status = agent.call("portico_status")
        assert text(await agent.answer(status))
        await agent.tools()
        prompt.press(prompt.button(yes=True))
        assert text(await agent.answer(number)) == "drop"
    assert box.calls == ["drop"]
    read = "".join(agent.lines)
    assert asked["id"] not in read
    assert "approve" not in read.lower().replace("approved", "")


async def open_eyes(editor: Editor, portico: Installation) -> Eyes:
    """Look at an editor's prompts, once the hub knows that it can ask there."""
    eyes = Eyes()
    editor.on("window/showMessageRequest", eyes.show)
    await editor.request("portico/status", {})
    assert await portico.hub() is not None
    return eyes
