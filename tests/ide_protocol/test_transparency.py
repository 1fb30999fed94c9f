"""What a client sends is what its server gets, and the other way round, whatever it holds."""

from __future__ import annotations

import asyncio
import itertools
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.trust.poison import findings
from tests.ide_protocol.library import Library, shelves

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    from proxy.catalog import Catalog
    from tests.ide_protocol.conftest import Client
    from tests.proxy.upstream.upstream_double import Wire

META = "io.modelcontextprotocol/"
MODERN = {f"{META}protocolVersion": "2026-07-28", f"{META}clientCapabilities": {}}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
OBJECT = st.dictionaries(st.text(max_size=8), JSON, max_size=4)


def without(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    """Fields that nobody knows: objects without those that mean something."""
    return OBJECT.map(lambda found: {k: v for k, v in found.items() if k not in keys})


FIELDS = without("name", "arguments", "uri", "_meta", "requestState", "inputResponses", "task")
# A progress token is a name, and the server's own is another one.
META_FIELDS = without("progressToken")
RESULT = without("resultType", "_meta", "task", "contents", "inputRequests", "ttlMs", "cacheScope")
# A link that collides with none is nobody's to rename; see test_links.py for those that do.
BLOCK = st.builds(
    lambda more, inner, place: {**more, **inner, "uri": f"https://pages.example/{place}"},
    OBJECT,
    st.sampled_from([{"type": "resource_link"}, {"type": "resource", "resource": {"uri": 1}}]),
    st.integers(0, 9),
)
RESULT = RESULT | st.builds(
    lambda more, blocks: {**more, "content": blocks}, RESULT, st.lists(BLOCK)
)
ERROR = st.builds(
    lambda more, code, text: {**more, "code": code, "message": text},
    OBJECT,
    st.integers(-32000, 32000),
    st.text(max_size=20),
)
ENVELOPE = without("jsonrpc", "id", "result", "error", "method", "params")


def same(one: object, other: object) -> bool:
    """Whether two values are the same JSON; Python's own equality takes 1, 1.0 and True for one."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


class World:
    """A hub with two servers and a client of each era, in a loop that stands still between runs."""

    def __init__(self, runner: asyncio.Runner, stack: AsyncExitStack) -> None:
        self.runner = runner
        self.stack = stack
        self.servers = {"old": Library(legacy=True), "new": Library()}
        self.client: Client
        self.catalog: Catalog
        self.answer: dict[str, Any] = {}
        self.numbers = iter(range(1, 10**9))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - what the work returns.
        """Let the loop run until some work is done."""
        return self.runner.run(work)

    async def open(self, folder: Path) -> None:
        """Start everything."""
        door = await self.stack.enter_async_context(
            shelves(folder, old=self.servers["old"], new=self.servers["new"])
        )
        for server in self.servers.values():
            server.behave = self._behaving(server)
        self.catalog = door.hub.catalog
        self.client = await door.open("mcp")
        await self.client.ask("prompts/list")

    def _behaving(self, server: Library) -> Any:  # noqa: ANN401 - a method of the double.
        usual = server.behave

        async def behave(wire: Wire) -> None:
            if wire.seen.method in {"tools/call", "prompts/get"}:
                wire.json({"jsonrpc": "2.0", "id": wire.seen.message["id"], **self.answer})
            else:
                await usual(wire)

        return behave

    async def exchange(
        self, server: str, method: str, params: dict[str, Any], *, modern: bool
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the server got, and what the client got."""
        seen = self.servers[server].seen
        del seen[:]
        meta = {**params.get("_meta", {}), **(MODERN if modern else {})}
        sent = {**params, "name": f"{server}_{params['name']}", **({"_meta": meta} if meta else {})}
        answer = await self.client.ask(method, sent, identifier=next(self.numbers))
        [request] = [one for one in seen if one.method == method]
        return request.message["params"], answer


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all examples: what a hub remembers of one must not show in the next."""
    with asyncio.Runner() as runner:
        opened = World(runner, AsyncExitStack())
        runner.run(opened.open(tmp_path_factory.mktemp("home")))
        yield opened
        runner.run(opened.stack.aclose())


@dataclass(frozen=True)
class Said:
    """One exchange: what the client says, and what the server says to that."""

    method: tuple[str, str]
    arguments: dict[str, Any]
    fields: dict[str, Any]
    meta: dict[str, Any]
    told: tuple[str, dict[str, Any]]
    envelope: dict[str, Any]


SAID = st.builds(
    Said,
    method=st.sampled_from([("tools/call", "read"), ("prompts/get", "greet")]),
    arguments=OBJECT,
    fields=FIELDS,
    meta=META_FIELDS,
    told=st.tuples(st.just("result"), RESULT) | st.tuples(st.just("error"), ERROR),
    envelope=ENVELOPE,
)


@pytest.mark.parametrize("modern", [False, True], ids=["legacy client", "modern client"])
@pytest.mark.parametrize("server", ["old", "new"])
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(said=SAID)
def test_any_exchange_is_the_same_through_portico(
    world: World,
    server: str,
    said: Said,
    *,
    modern: bool,
) -> None:
    """Unknown fields in params, arguments, `_meta`, results, errors, envelopes arrive as sent."""
    kind, value = said.told
    complete = {"resultType": "complete"} if kind == "result" and server == "new" else {}
    world.answer = {**said.envelope, kind: {**value, **complete}}
    params = {"name": said.method[1], "arguments": said.arguments, **said.fields}
    if said.meta:
        params["_meta"] = said.meta
    got, answer = world.run(world.exchange(server, said.method[0], params, modern=modern))
    kept = {k: v for k, v in got.get("_meta", {}).items() if not k.startswith(META)}
    assert same({**got, "_meta": kept}, {**params, "_meta": said.meta})
    if kind == "result" and modern:
        assert answer["result"].pop("resultType") == "complete"
    answer = {key: given for key, given in answer.items() if key not in {"jsonrpc", "id"}}
    assert same(answer, {**said.envelope, kind: value})


@settings(deadline=None, max_examples=40)
@given(definitions=st.lists(without("name", "inputSchema", "annotations"), max_size=4))
def test_any_definition_is_the_same_through_portico(
    world: World, definitions: list[dict[str, Any]]
) -> None:
    """What a server says of its tools and prompts is listed as it said it, names aside, or not.

    What is not listed is what looks poisoned; nothing is ever rewritten.
    """
    library = world.servers["old"]
    # New names each time: under an old one, another definition would be a change to be accepted.
    stem = f"n{next(world.numbers)}x"
    listed = [{**more, "name": f"{stem}{place}"} for place, more in enumerate(definitions)]
    library.lists["tools/list"] = ("tools", listed)

    async def fetched() -> list[dict[str, Any]]:
        await world.catalog.relist("old")
        answer = await world.client.ask("tools/list", {}, identifier=next(world.numbers))
        tools: list[dict[str, Any]] = answer["result"]["tools"]
        return [tool for tool in tools if tool["name"].startswith(f"old_{stem}")]

    honest = [tool for tool in listed if not findings(tool)]
    public = [{**tool, "name": f"old_{tool['name']}"} for tool in honest]
    assert same(world.run(fetched()), public)


HINTS = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")


def test_no_annotation_is_changed_to_silence_a_host(world: World) -> None:
    """Whatever a server says its tools do is what a host hears, also where Portico asks itself."""
    said: list[dict[str, Any] | None] = [None, {}, {"title": "Read", "vendorHint": [1, None]}]
    said += [
        {key: value for key, value in zip(HINTS, values, strict=True) if value is not None}
        for values in itertools.product((None, False, True), repeat=len(HINTS))
    ]
    stem = f"a{next(world.numbers)}x"
    listed = [
        {"name": f"{stem}{place}", **({} if one is None else {"annotations": one})}
        for place, one in enumerate(said)
    ]
    world.servers["old"].lists["tools/list"] = ("tools", listed)

    async def heard() -> dict[str, Any]:
        await world.catalog.relist("old")
        answer = await world.client.ask("tools/list", {}, identifier=next(world.numbers))
        return {tool["name"]: tool.get("annotations") for tool in answer["result"]["tools"]}

    told = world.run(heard())
    assert [told[f"old_{stem}{place}"] for place in range(len(said))] == said
