"""News of a task goes to the clients that listen for it, from the server that runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.ide_protocol.library import CAPABILITIES, Library, shelves
from tests.ide_protocol.test_every_method import news

if TYPE_CHECKING:
    from pathlib import Path

META = "io.modelcontextprotocol/"
TASKS: dict[str, Any] = {"extensions": {f"{META}tasks": {}}}
ACKNOWLEDGED = "notifications/subscriptions/acknowledged"


def modern(**capabilities: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON.
    """The `_meta` of a modern client."""
    meta = {"protocolVersion": "2026-07-28", "clientCapabilities": capabilities}
    return {"_meta": {META + key: value for key, value in meta.items()}}


def listening(identifier: str, **wanted: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON.
    """A request to listen."""
    params = {**modern(**TASKS), "notifications": wanted}
    return {
        "jsonrpc": "2.0",
        "id": identifier,
        "method": "subscriptions/listen",
        "params": params,
    }


class Runner(Library):
    """Its calls are tasks."""

    def __init__(self, task: str) -> None:
        super().__init__()
        self.capabilities = {**CAPABILITIES, **TASKS}
        self.answers["tools/call"] = {"resultType": "task", "taskId": task, "status": "working"}

    def listened(self) -> list[dict[str, Any]]:
        """What its streams were asked for, in order."""
        return [
            seen.message["params"]["notifications"]
            for seen in self.seen
            if seen.method == "subscriptions/listen"
        ]


async def until_it_listens_for(server: Runner, task: str) -> None:
    """Wait for a stream on which news of a task is wanted."""
    while not any(task in wanted.get("taskIds", ()) for wanted in server.listened()):
        server.listening.clear()
        await server.listening.wait()


async def test_news_of_a_task_reaches_whoever_listens_for_it(tmp_path: Path) -> None:
    """Honoured are the tasks that are known; each client hears of its own, whole, and once."""
    one, two = Runner("t-1"), Runner("t-2")
    async with shelves(tmp_path, one=one, two=two) as door:
        client, other = await door.open("mcp"), await door.open("mcp")
        for name in ("one_read", "two_read"):
            await client.ask("tools/call", {"name": name, **modern(**TASKS)})
        await client.ask("resources/list", modern())
        client.send(listening("L", taskIds=["t-1", "nobody's", 7]))
        assert (await news(client, ACKNOWLEDGED))["notifications"] == {"taskIds": ["t-1"]}
        other.send(listening("M", taskIds=["t-2"]))
        await news(other, ACKNOWLEDGED)
        await until_it_listens_for(one, "t-1")
        await until_it_listens_for(two, "t-2")
        declared = next(s for s in reversed(one.seen) if s.method == "subscriptions/listen")
        meta = declared.message["params"]["_meta"]
        assert f"{META}tasks" in meta[f"{META}clientCapabilities"]["extensions"]
        # What a server says of another's task, or of one that nobody listens for, is not heard.
        two.say("notifications/tasks", taskId="t-1", status="failed")
        one.say("notifications/tasks", taskId="t-9", status="failed")
        done = {"taskId": "t-1", "status": "completed", "result": {"content": []}, "vendor": [1]}
        one.say("notifications/tasks", **done)
        two.say("notifications/tasks", taskId="t-2", status="completed")
        assert await news(client, "notifications/tasks") == {
            **done,
            "_meta": {f"{META}subscriptionId": "L"},
        }
        heard = await news(other, "notifications/tasks")
        assert (heard["taskId"], heard["_meta"]) == ("t-2", {f"{META}subscriptionId": "M"})


@pytest.mark.parametrize("capabilities", [{}, {"extensions": {"acme/x": {}}}])
async def test_news_of_tasks_is_for_clients_that_have_tasks(
    tmp_path: Path, capabilities: dict[str, Any]
) -> None:
    """Any other is told what it lacks, as the extension demands."""
    async with shelves(tmp_path, one=Runner("t-1")) as door:
        client = await door.open("mcp")
        wanted = {**modern(**capabilities), "notifications": {"taskIds": ["t-1"]}}
        error = (await client.ask("subscriptions/listen", wanted))["error"]
        assert (error["code"], error["data"]) == (-32021, {"requiredCapabilities": TASKS})


async def test_a_bare_window_may_listen_for_tasks_that_another_hub_saw_begin(
    tmp_path: Path,
) -> None:
    """With one server there is no question whose a task is."""
    one = Runner("t-1")
    async with shelves(tmp_path, one=one) as door:
        client = await door.open("mcp", only=["one"], bare=True)
        await client.ask("resources/list", modern())
        client.send(listening("L", taskIds=["t-0"]))
        assert (await news(client, ACKNOWLEDGED))["notifications"] == {"taskIds": ["t-0"]}
        await until_it_listens_for(one, "t-0")
