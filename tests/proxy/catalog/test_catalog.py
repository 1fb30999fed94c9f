"""The merged list and its upkeep: every server on its own, today's policy on all of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from auth.identity import Identity
from auth.refresh import SignInNeeded
from proxy.catalog import Catalog, Snapshot, State, assortment, pace
from proxy.catalog.feature import Feature
from proxy.catalog.view import view
from proxy.naming import public_name
from proxy.policy.offering import Offering, Standing, ToolRule
from proxy.policy.risk import Risk
from proxy.upstream.fault import UpstreamMalformed, UpstreamUnreachable
from proxy.upstream.freshness import SOONEST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

ALICE = Identity("https://sso", "alice", "Alice", frozenset({"data-eng"}))
BOB = Identity("https://sso", "bob", "Bob", frozenset())


class ServerDouble:
    """A server that lists, fails, or waits until it is let go; it counts how often it was asked."""

    era = None
    capabilities: ClassVar[dict[str, Any]] = {}
    instructions = ""

    def __init__(self) -> None:
        self.tools: list[dict[str, Any]] = [{"name": "read"}, {"name": "drop"}]
        self.fault: Exception | None = None
        self.go = asyncio.Event()
        self.go.set()
        self.asked = 0
        self.reached = asyncio.Event()
        self.closed = asyncio.Event()
        self.on_list_changed: Callable[[], None] = lambda: None
        self.left_out: UpstreamMalformed | None = None
        self.fresh: float | None = None

    async def list_tools(self) -> list[dict[str, Any]]:
        """The tools, as told."""
        self.asked += 1
        self.reached.set()
        await self.go.wait()
        if self.fault is not None:
            raise self.fault
        return self.tools

    async def aclose(self) -> None:
        """Remember that it was closed."""
        self.closed.set()


class Shop:
    """A catalog, the servers it knows, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.now = 1000.0
        self.changes = 0
        self.servers: dict[str, ServerDouble] = {}
        self.made: list[ServerDouble] = []
        self.folder = folder
        self.catalog = Catalog(
            snapshot=Snapshot(str(folder)),
            connect=self._connect,  # type: ignore[arg-type]  # a double
            changed=self._changed,
            clock=lambda: self.now,
        )

    def _connect(self, offering: Offering) -> ServerDouble:
        server = self.servers.setdefault(offering.server, ServerDouble())
        self.made.append(server)
        return server

    def _changed(self) -> None:
        self.changes += 1

    def offer(
        self,
        *names: str,
        who: Identity = ALICE,
        revision: str = "1",
        **changes: Any,  # noqa: ANN401 - fields of an offering.
    ) -> None:
        """Offer servers of these names, each with the same changes."""
        offered = {
            name: replace(
                Offering(name, f"com.example/{name}", name.title(), f"https://gateway/{name}"),
                **changes,
            )
            for name in names
        }
        self.catalog.adopt(offered, identity_key=who.key, revision=revision, groups=who.groups)

    def server(self, name: str) -> ServerDouble:
        """The server of that name, before anybody met it."""
        return self.servers.setdefault(name, ServerDouble())

    @property
    def names(self) -> list[str]:
        """The public names in the list."""
        return [tool["name"] for tool in self.catalog.tools()]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """A catalog without servers yet."""
    opened = Shop(tmp_path / "catalog")
    yield opened
    await opened.catalog.aclose()


async def test_one_silent_and_one_dead_server_delay_nobody(shop: Shop) -> None:
    """The others are in the list as soon as they answer, in the order of names."""
    shop.server("silent").go.clear()
    shop.server("dead").fault = UpstreamUnreachable("Nobody listens.")
    shop.offer("zeta", "silent", "dead", "alpha")
    waiting = asyncio.ensure_future(shop.catalog.ready())
    for name in ("zeta", "dead", "alpha"):
        await shop.catalog.relist(name)
    assert not waiting.done()
    assert shop.names == ["alpha_drop", "alpha_read", "zeta_drop", "zeta_read"]
    state, count, fault = shop.catalog.state("dead")
    assert (state, count) == (State.ABSENT, 0)
    assert isinstance(fault, UpstreamUnreachable)
    assert shop.catalog.unseen()
    shop.server("silent").go.set()
    await waiting
    assert not shop.catalog.unseen()


async def test_a_server_that_lists_nothing_forever_is_given_up_and_tried_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accepting a connection is no answer; after the bound it is a transient failure."""
    monkeypatch.setattr("proxy.catalog.catalog._LIST_SECONDS", 0.01)
    shop.server("silent").go.clear()
    shop.offer("silent")
    await shop.catalog.ready()
    _, _, fault = shop.catalog.state("silent")
    assert fault is not None
    assert fault.reference == "upstream-slow"


async def test_names_do_not_change_when_servers_come_and_go(shop: Shop) -> None:
    """A second server, even with the same tools, renames nothing of the first."""
    shop.offer("presto")
    await shop.catalog.ready()
    alone = shop.names
    shop.offer("presto", "spark")
    await shop.catalog.ready()
    assert set(alone) < set(shop.names)
    assert shop.server("presto").asked == 1
    shop.offer("presto")
    assert shop.names == alone
    await shop.server("spark").closed.wait()


async def test_a_public_name_leads_back_to_the_servers_own(shop: Shop) -> None:
    """Whatever a server calls its tools, the table reverses it; a name given twice is the first."""
    own = ["drop table!", "x" * 200, "né", "read"]
    shop.server("presto").tools = [
        *({"name": name} for name in (*own, "\ud800")),
        {"name": "read", "description": "another"},
        {"name": 7},
        {},
    ]
    shop.offer("presto")
    await shop.catalog.ready()
    routes = [shop.catalog.find(Feature.TOOLS, name) for name in shop.names]
    assert sorted(route.tool for route in routes if route) == sorted(own)
    assert shop.catalog.find(Feature.TOOLS, "presto_read") is not None
    unlisted = shop.catalog.find(Feature.TOOLS, public_name("presto", "\ud800"))
    assert unlisted is not None
    assert (unlisted.tool, unlisted.quarantine is None) == ("\ud800", False)
    assert [tool.get("description") for tool in shop.catalog.tools()] == [None] * 4
    for unknown in ("nobody_read", "presto", "", "_read"):
        assert shop.catalog.find(Feature.TOOLS, unknown) is None


async def test_a_list_is_told_of_only_when_it_changed(shop: Shop) -> None:
    """The same answer again tells nobody; another one tells once."""
    shop.offer("presto")
    await shop.catalog.ready()
    assert shop.changes == 1
    await shop.catalog.relist("presto")
    assert shop.changes == 1
    shop.server("presto").tools = [{"name": "read"}, {"name": "new"}]
    await shop.catalog.relist("presto")
    assert (shop.changes, shop.names) == (2, ["presto_new", "presto_read"])


async def test_what_a_snapshot_shows_is_what_todays_policy_allows(shop: Shop) -> None:
    """Yesterday's list is filtered again: by standing, by groups, and by where the server is."""
    shop.offer("presto", "spark")
    await shop.catalog.ready()
    shop.catalog._save()

    def next_hub(**changes: Any) -> list[str]:  # noqa: ANN401 - fields of an offering.
        later = Shop(shop.folder)
        later.offer("presto", **changes)
        return later.names

    assert next_hub() == ["presto_drop", "presto_read"]
    assert next_hub(standing=Standing.WITHHELD) == []
    assert next_hub(standing=Standing.HIDDEN) == []
    assert next_hub(url="https://gateway/elsewhere") == []
    gated = {"drop": ToolRule(Risk.WRITE, groups=frozenset({"ads-eng"}))}
    assert next_hub(rules=gated) == ["presto_read"]
    assert next_hub(denied_tools=("d*",)) == ["presto_read"]
    assert next_hub(who=BOB) == []
    assert next_hub(revision="2") == []


async def test_another_person_starts_with_nothing_of_the_last(shop: Shop) -> None:
    """Tools and connections of the one who left are gone at once, and so is a list under way."""
    shop.offer("presto")
    await shop.catalog.ready()
    first = shop.made[0]
    shop.server("presto").go.clear()
    shop.server("presto").reached.clear()
    stale = asyncio.ensure_future(shop.catalog.relist("presto"))
    await shop.server("presto").reached.wait()
    shop.offer("presto", who=BOB)
    assert shop.names == []
    await stale
    await first.closed.wait()
    assert shop.names == []


async def test_a_call_survives_the_end_of_the_list_it_waits_for(shop: Shop) -> None:
    """When the user or an address changes meanwhile, the call waits for the new list instead."""
    server = shop.server("presto")
    server.go.clear()
    shop.offer("presto")
    route = shop.catalog.find(Feature.TOOLS, "presto_read")
    assert route is not None
    waiting = asyncio.ensure_future(shop.catalog.live(route))
    await server.reached.wait()
    server.reached.clear()
    shop.offer("presto", url="https://gateway/moved")
    await server.reached.wait()
    server.go.set()
    live = await waiting
    assert live is not None
    assert live.offering.url == "https://gateway/moved"


async def test_a_call_is_judged_on_a_live_definition_only(shop: Shop) -> None:
    """A snapshot's tool is asked for first; one that the server no longer has is unknown."""
    shop.offer("presto")
    await shop.catalog.ready()
    shop.catalog._save()
    later = Shop(shop.folder)
    later.server("presto").tools = [{"name": "read", "description": "today"}]
    later.offer("presto")
    route = later.catalog.find(Feature.TOOLS, "presto_drop")
    assert route is not None
    assert await later.catalog.live(route) is None
    read = later.catalog.find(Feature.TOOLS, "presto_read")
    assert read is not None
    assert read.definition == {"name": "read", "description": "today"}
    await later.catalog.aclose()


async def test_a_call_of_a_dead_server_says_why(shop: Shop) -> None:
    """The server's own fault reaches whoever called."""
    shop.server("dead").fault = UpstreamUnreachable("Nobody listens.")
    shop.offer("dead")
    route = shop.catalog.find(Feature.TOOLS, "dead_read")
    assert route is not None
    with pytest.raises(UpstreamUnreachable):
        await shop.catalog.live(route)


async def test_only_a_change_of_the_user_retries_what_needs_a_person(shop: Shop) -> None:
    """A missing sign-in is asked about once, and again after the person did something."""
    server = shop.server("presto")
    server.fault = SignInNeeded("Nobody is signed in.")
    shop.offer("presto")
    tending = asyncio.ensure_future(shop.catalog.tend())
    await server.reached.wait()
    await shop.catalog.relist("presto")
    asked = server.asked
    shop.now += 1e9
    shop.catalog._wake.set()
    for _ in range(10):
        await asyncio.sleep(0)
    assert server.asked == asked
    server.reached.clear()
    server.fault = None
    shop.catalog.retry()
    await server.reached.wait()
    await shop.catalog.relist("presto")
    assert shop.names == ["presto_drop", "presto_read"]
    tending.cancel()


async def test_a_list_that_was_not_taken_whole_says_so(shop: Shop) -> None:
    """Its server is live, and how it stands tells that something is missing."""
    shop.server("presto").left_out = UpstreamMalformed("Some are left out.")
    shop.offer("presto")
    await shop.catalog.ready()
    state, count, fault = shop.catalog.state("presto")
    assert (state, count) == (State.LIVE, 2)
    assert isinstance(fault, UpstreamMalformed)
    assert shop.names == ["presto_drop", "presto_read"]


async def test_all_lists_together_are_bounded_and_the_largest_makes_way(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that says too much loses its own place in the list, and nobody else's."""
    monkeypatch.setattr(assortment, "LIMIT", 1000)
    shop.server("chatty").tools = [{"name": "talk", "description": "x" * 990}]
    shop.offer("chatty", "presto", "spark")
    await shop.catalog.ready()
    assert shop.names == ["presto_drop", "presto_read", "spark_drop", "spark_read"]
    assert "chatty is left out" in caplog.text


async def test_a_storm_of_changes_is_one_list_at_a_time(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often a server says that it changed, one task asks it, and asks again afterwards."""
    monkeypatch.setattr(pace, "PAUSE", 0.0)
    server = shop.server("presto")
    shop.offer("presto")
    await shop.catalog.relist("presto")
    server.go.clear()
    server.reached.clear()
    tasks = len(asyncio.all_tasks())
    for _ in range(1000):
        server.on_list_changed()
    await server.reached.wait()
    assert len(asyncio.all_tasks()) <= tasks + 2
    assert server.asked == 2
    server.tools = [{"name": "late"}]
    for _ in range(1000):
        server.on_list_changed()
    server.reached.clear()
    server.go.set()
    await server.reached.wait()
    await shop.catalog.relist("presto")
    assert server.asked <= 4
    assert shop.names == ["presto_late"]


async def test_a_change_during_a_list_is_not_missed(shop: Shop) -> None:
    """Whoever asks for a new list while one is under way gets one that began afterwards."""
    server = shop.server("presto")
    server.go.clear()
    shop.offer("presto")
    first = asyncio.ensure_future(shop.catalog.ready())
    await server.reached.wait()
    again = asyncio.ensure_future(shop.catalog.relist("presto"))
    await asyncio.sleep(0)
    server.go.set()
    await asyncio.gather(first, again)
    assert server.asked == 2


async def test_a_mistake_while_listing_is_logged_and_ends_nothing(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected failure of one server is in the log, and the others go on."""
    shop.server("odd").fault = RuntimeError("a bug")
    shop.offer("odd", "presto")
    await shop.catalog.ready()
    assert "odd could not be listed" in caplog.text
    assert shop.names == ["presto_drop", "presto_read"]


async def test_a_list_is_refreshed_when_its_server_says_that_it_is_stale(shop: Shop) -> None:
    """By the clock, whether anybody looks or not; one that said nothing yet is left alone."""
    server, quiet = shop.server("presto"), shop.server("spark")
    server.fresh = 60.0
    shop.offer("presto", "spark")
    await shop.catalog.ready()
    tending = asyncio.ensure_future(shop.catalog.tend())
    await asyncio.sleep(0)
    assert (server.asked, quiet.asked) == (1, 1)
    shop.now += 60.0
    server.reached.clear()
    shop.catalog._wake.set()
    await server.reached.wait()
    assert (server.asked, quiet.asked) == (2, 1)
    tending.cancel()


async def test_whoever_looks_at_a_stale_list_has_it_asked_for_and_waits_for_nobody(
    shop: Shop,
) -> None:
    """What comes is told of as a change; a list that is fresh costs its server nothing."""
    server = shop.server("presto")
    server.fresh = 0.0
    shop.offer("presto")
    await shop.catalog.ready()
    server.tools, changes = [{"name": "new"}], shop.changes
    shop.catalog.look_again()
    await asyncio.sleep(0)
    assert server.asked == 1
    shop.now += SOONEST
    assert shop.catalog.promise() == 0.0
    shop.catalog.look_again()
    assert "presto_read" in shop.names
    await asyncio.wait([shop.catalog._fetch("presto")])
    assert (server.asked, shop.changes, shop.names) == (2, changes + 1, ["presto_new"])


async def test_the_list_is_in_one_order_whoever_answers_first(shop: Shop) -> None:
    """By public name: a client that compares two lists sees only what changed."""
    orders = []
    for first, second in (("presto", "spark"), ("spark", "presto")):
        shop.server(second).go.clear()
        shop.offer("spark", "presto", revision=first)
        shop.catalog._fetch(second)
        await asyncio.wait([shop.catalog._fetch(first)])
        shop.server(second).go.set()
        await shop.catalog.ready()
        orders.append(shop.names)
        shop.offer(revision=first)
    assert orders[0] == orders[1] == sorted(orders[0])
    assert len(orders[0]) == 4


async def test_a_list_that_comes_late_is_not_shown_to_the_next_user(shop: Shop) -> None:
    """Nor kept for them on disk: whoever asked for it is not who would get it."""
    alices = shop.server("presto")
    alices.tools = [{"name": "for_alice"}]
    alices.go.clear()
    shop.offer("presto")
    waiting = shop.catalog._fetch("presto")
    await alices.reached.wait()
    shop.servers["presto"] = ServerDouble()
    shop.offer("presto", who=BOB)
    alices.go.set()
    await asyncio.wait([waiting])
    await shop.catalog.ready()
    assert shop.names == ["presto_drop", "presto_read"]
    assert "for_alice" not in "".join(file.read_text() for file in shop.folder.iterdir())


async def test_a_bare_name_leads_to_a_tool_before_anybody_listed_it(shop: Shop) -> None:
    """A client that knows its one server's tools need not list them before it calls one."""
    shop.offer("presto")
    route = shop.catalog.find(Feature.TOOLS, "read", view(("presto",), bare=True))
    assert route is not None
    live = await shop.catalog.live(route)
    assert live is not None
    assert (live.tool, live.definition) == ("read", {"name": "read"})
