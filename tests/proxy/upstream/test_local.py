"""Servers that are programs on this machine: started, spoken to in either era, and ended."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from proxy.kept_secrets import SecretMissing
from proxy.program import Program
from proxy.upstream import Era, EraMemory
from proxy.upstream.fault import UpstreamLost
from proxy.upstream.local import Local
from proxy.upstream.process import UpstreamNotStarted
from sandbox.stage import alive
from tests.process.installation import gone
from tests.proxy.upstream.upstream_double import Asker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    Make = Callable[..., Local]


class Bell(list[dict[str, Any]]):
    """A list that rings when something is put into it."""

    def __init__(self, event: asyncio.Event) -> None:
        super().__init__()
        self._event = event

    def append(self, item: dict[str, Any]) -> None:
        """Keep it, and ring."""
        super().append(item)
        self._event.set()


SCRIPT = str(Path(__file__).with_name("stdio_double.py"))
ASKABLE: dict[str, Any] = {"elicitation": {}}


def program(era: str, **environment: str) -> Program:
    """The double as a program."""
    return Program((sys.executable, "-I", SCRIPT, era), environment)


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    """Makes local servers that share a memory, and ends them."""
    async with AsyncExitStack() as stack:
        memory = EraMemory(str(tmp_path / "eras.json"))

        def local(era: str, **environment: str) -> Local:
            made = Local("box", program(era, **environment), memory=memory)
            stack.push_async_callback(made.aclose)
            return made

        yield local


async def call(local: Local, name: str, asker: Asker | None = None, **more: Any) -> Any:  # noqa: ANN401
    """The result of one call."""
    params = {"name": name, "arguments": {}, **more}
    return (await local.send("tools/call", params, asker or Asker()))["result"]


@pytest.mark.parametrize(
    ("speaks", "era"),
    [("legacy", Era.LEGACY), ("strict", Era.LEGACY), ("modern", Era.MODERN)],
)
async def test_a_program_is_spoken_to_in_its_own_era(make: Make, speaks: str, era: Era) -> None:
    """It is found out once, also where the question ends the program; progress is relayed."""
    local, asker = make(speaks), Asker()
    assert [tool["name"] for tool in await local.list_tools()] == ["echo"]
    answer = await call(local, "echo", asker, vendor=1, _meta={"progressToken": "mine"})
    assert (local.era, answer["params"]["vendor"]) == (era, 1)
    assert [m["params"]["progressToken"] for m in asker.heard] == ["mine"]
    assert make(speaks).era is era


async def test_a_program_finds_nothing_in_its_environment_but_what_was_configured(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PATH, HOME and LANG are inherited; nothing else of the hub's is."""
    monkeypatch.setenv("PORTICO_TEST_TOKEN", "hidden")
    monkeypatch.setenv("LANG", "C.UTF-8")
    found = await call(make("legacy", GREETING="hello"), "env")
    given = {name: value for name, value in found["environment"].items() if name != "LC_CTYPE"}
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG")}
    assert given == {**inherited, "GREETING": "hello"}
    assert found["folder"] == str(Path.home().resolve())


async def test_a_program_gets_the_secrets_that_it_is_configured_with(tmp_path: Path) -> None:
    """At its start, in the place of what names them; without one it does not start at all."""
    kept: dict[str, str] = {}

    async def resolved(server: str, values: Mapping[str, str]) -> dict[str, str]:
        if not kept:
            raise SecretMissing(f"{server} lacks one")
        return {**values, **kept}

    memory = EraMemory(str(tmp_path / "eras.json"))
    named = program("legacy", KEY="keyring:box/KEY", GREETING="hello")
    local = Local("box", named, memory=memory, secrets=resolved)
    for _ in range(3):
        with pytest.raises(SecretMissing):
            await call(local, "env")
    kept["KEY"] = "geheim"
    given = (await call(local, "env"))["environment"]
    assert (given["KEY"], given["GREETING"]) == ("geheim", "hello")
    await local.aclose()


async def test_clients_that_can_be_asked_different_things_have_a_program_each(make: Make) -> None:
    """A legacy server is told the client's capabilities once, when it starts."""
    local = make("legacy")
    both = [
        await call(local, "echo", Asker(capabilities)) for capabilities in (ASKABLE, {}, ASKABLE)
    ]
    asked, silent = ['{"elicitation": {}}'], ["{}"]
    assert [answer["told"] for answer in both] == [asked, silent, asked]


async def test_a_question_reaches_the_call_that_raised_it(make: Make) -> None:
    """The client answers in the middle of the call; the answer is the server's to use."""
    asker = Asker(ASKABLE)

    async def yes() -> dict[str, Any]:
        return {"action": "accept", "content": {}}

    asker.answer = yes
    answered = await call(make("legacy"), "ask", asker)
    assert answered["answered"]["result"] == {"action": "accept", "content": {}}
    assert asker.asked[0][1]["message"] == "Sure?"


@pytest.mark.parametrize("speaks", ["legacy", "modern"])
async def test_cancelling_a_call_tells_the_program(make: Make, speaks: str) -> None:
    """The program goes on living, and what it says too late is nobody's."""
    local, asker = make(speaks), Asker()
    held = asyncio.Event()
    asker.heard = Bell(held)
    calling = asyncio.ensure_future(call(local, "hold", asker))
    await held.wait()
    calling.cancel()
    await asyncio.wait([calling])
    assert (await call(local, "echo"))["params"]["name"] == "echo"


async def test_a_program_that_ends_fails_its_calls_at_once_and_is_started_again(make: Make) -> None:
    """A call that may have run says so; the next one has a new program."""
    local = make("legacy")
    first = (await call(local, "env"))["pid"]
    with pytest.raises(UpstreamLost) as lost:
        await call(local, "die")
    assert lost.value.may_have_run
    assert (await call(local, "env"))["pid"] != first


async def test_a_program_that_ends_again_and_again_is_left_alone_for_a_while(make: Make) -> None:
    """The second end in a row is followed by a pause, in which a call fails at once."""
    local = make("legacy")
    for _ in range(2):
        with pytest.raises(UpstreamLost):
            await call(local, "die")
        while local._talks:  # noqa: ASYNC110 - the watcher is told in its own time.
            await asyncio.sleep(0)
    with pytest.raises(UpstreamNotStarted) as refused:
        await call(local, "echo")
    assert not refused.value.may_have_run
    assert "again and again" in refused.value.message


async def test_a_command_that_does_not_exist_says_so(tmp_path: Path) -> None:
    """The person is told what could not be started and why."""
    nothing = Program((str(tmp_path / "nothing"),))
    local = Local("box", nothing, memory=EraMemory(str(tmp_path / "eras.json")))
    with pytest.raises(UpstreamNotStarted) as refused:
        await local.list_tools()
    assert "No such file" in refused.value.message
    await local.aclose()


async def test_a_program_and_what_it_started_end_with_the_server(make: Make) -> None:
    """Also one that ignores the end of its input and the request to end."""
    stubborn = (
        "import os,signal,time;signal.signal(signal.SIGTERM,signal.SIG_IGN);child=os.fork();"
        "print(os.getpid(),flush=True);time.sleep(600)"
    )
    from proxy.upstream.process import Process

    pids: asyncio.Queue[int] = asyncio.Queue()
    process = await Process.start(
        "box",
        Program((sys.executable, "-I", "-c", stubborn)),
        lambda line: pids.put_nowait(int(line)),
        lambda: None,
    )
    both = [await pids.get(), await pids.get()]
    await process.aclose()
    for pid in both:
        await gone(pid)
    local = make("legacy")
    pid = (await call(local, "env"))["pid"]
    await local.aclose()
    assert not alive(pid)


async def test_a_program_killed_from_outside_is_no_silence(make: Make) -> None:
    """A call that waits fails as soon as the program is gone."""
    local, asker = make("legacy"), Asker()
    pid = (await call(local, "env", asker))["pid"]
    held = asyncio.Event()
    asker.heard = Bell(held)
    calling = asyncio.ensure_future(call(local, "hold", asker))
    await held.wait()
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(UpstreamLost):
        await calling


async def test_complaints_are_logged_without_what_may_be_secret(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """Standard error goes to the log, bounded and scrubbed; a stray line ends nothing."""
    caplog.set_level(logging.INFO, "portico")
    local = make("legacy")
    await call(local, "noise")
    await local.aclose()
    assert "box says: all is well" in caplog.text
    assert "abc123" not in caplog.text
    assert "not JSON-RPC" in caplog.text


@pytest.mark.parametrize("speaks", ["legacy", "modern"])
async def test_a_program_is_listened_to_in_either_era(make: Make, speaks: str) -> None:
    """Subscriptions are made, and what the program says by itself is heard."""
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    wanted = {"toolsListChanged": True, "resourceSubscriptions": ["memo://1"]}
    listening = asyncio.ensure_future(make(speaks).listen(wanted, heard.put_nowait))
    message = await heard.get()
    if speaks == "legacy":
        assert message["params"]["uri"] == "memo://1"
    else:
        assert message == {
            "jsonrpc": "2.0",
            "method": "notifications/tools/list_changed",
            "params": {},
        }
    listening.cancel()
    await asyncio.wait([listening])


async def test_a_program_of_both_eras_runs_once_more_for_a_legacy_client_that_can_be_asked(
    make: Make,
) -> None:
    """It locks its era when it is opened: the first serves everybody else, and the lists."""
    local = make("dual")
    assert [tool["name"] for tool in await local.list_tools()] == ["echo"]
    asker = Asker(ASKABLE, Era.LEGACY)

    async def yes() -> dict[str, Any]:
        return {"action": "accept", "content": {}}

    asker.answer = yes
    answered = await call(local, "ask", asker)
    assert answered["answered"]["result"]["action"] == "accept"
    told = [
        (await call(local, "echo", one))["told"]
        for one in (asker, Asker(ASKABLE), Asker({}, Era.LEGACY))
    ]
    assert told == [['{"elicitation": {}}'], [], []]
    assert local.era is Era.MODERN


async def test_a_modern_program_is_started_for_nothing_only_once(make: Make) -> None:
    """That it knows no handshake is remembered, by this hub and by the next."""
    asker = Asker(ASKABLE, Era.LEGACY)
    for _ in range(2):
        local = make("modern")
        first, second = [(await call(local, "env", asker))["pid"] for _ in range(2)]
        assert first == second
        assert local.era is Era.MODERN
        assert local._terms is not None
        assert local._terms.dual is False


async def test_a_program_is_told_the_level_whenever_it_is_started(make: Make) -> None:
    """Before its first call, and again when the level is another one."""
    local = make("legacy")
    local.set_level("error")
    assert (await call(local, "echo"))["levels"] == ["error"]
    local.set_level("debug")
    assert (await call(local, "echo"))["levels"] == ["error", "debug"]


async def test_a_program_that_asked_for_roots_hears_that_they_changed_and_may_ask_again(
    make: Make,
) -> None:
    """It asks with no call open, and its client answers; who never asked hears nothing."""
    local, asked = make("legacy"), asyncio.Event()
    asker = Asker({"roots": {"listChanged": True}}, Era.LEGACY)
    answer = {"roots": [{"uri": "file:///project"}]}

    async def roots() -> dict[str, Any]:
        asked.set()
        return answer

    asker.answer = roots
    await call(local, "echo", asker)
    local.roots_changed(asker)
    assert (await call(local, "echo", asker))["roots"] == []
    await call(local, "roots", asker)
    asked.clear()
    local.roots_changed(asker)
    await asked.wait()
    assert (await call(local, "echo", asker))["roots"] == [answer]
