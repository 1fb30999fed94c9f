"""The merged lists, the table from public names to servers, and its upkeep in the background.

Each server stands on a shelf of its own and is asked by a task of its own: one that is dead, slow
or broken keeps its last known tools, or none, and delays nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Literal

from auth.fault import Fault
from proxy.catalog.assortment import Assortment, merge
from proxy.catalog.connected import Connected, address, tools_of
from proxy.catalog.feature import OTHERS, Feature
from proxy.catalog.own_server import told
from proxy.catalog.route import Route, State
from proxy.catalog.shelf import PROMISE, Shelf
from proxy.catalog.stockroom import Stockroom
from proxy.catalog.view import EVERYTHING, View
from proxy.offline import beyond
from proxy.policy.offering import Standing
from proxy.trust.keeper import Keeper
from proxy.trust.store import Store
from proxy.upstream.fault import UpstreamUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from proxy.catalog.snapshot import Snapshot
    from proxy.policy.offering import Offering
    from proxy.trust.quarantine import Quarantine
    from proxy.upstream.face import Face

log = logging.getLogger("portico.catalog")

_LIST_SECONDS = 30.0
_DROPPED_LISTS = 3


class Catalog:
    """Everything one user may see, and the upstreams behind it.

    Args:
        snapshot: Where lists are kept between two hubs.
        connect: Makes the upstream of an offering; called once per server, at its first use.
        changed: Called when the public list of tools is another one than before.
        clock: Unix seconds.
        keeper: The user's pins; without it none outlive this catalog.

    Attributes:
        watch: Called with each feature whose public list changed, and with None when servers came,
            went, moved, or said for the first time what they can.
        reached: Called with a server, and with why it cannot be reached any more, or None when it
            is back.
    """

    def __init__(
        self,
        *,
        snapshot: Snapshot,
        connect: Callable[[Offering], Face],
        changed: Callable[[], None],
        clock: Callable[[], float],
        keeper: Keeper | None = None,
    ) -> None:
        self.keeper = keeper or Keeper(Store(None), clock)
        self._snapshot = snapshot
        self._changed = changed
        self._clock = clock
        self._key = ("", "")
        self._groups: frozenset[str] = frozenset()
        self.offerings: dict[str, Offering] = {}
        self._shelves: dict[str, Shelf] = {}
        self._upstreams = Connected(connect)
        self._fetches: dict[str, asyncio.Task[None]] = {}
        self._stockroom = Stockroom(self._stocked, self._kept)
        self._assortment = Assortment()
        self.watch: Callable[[Feature | None], None] = lambda _: None
        self.reached: Callable[[Offering, Fault | None], None] = lambda _, __: None
        self._wake = asyncio.Event()

    # --- what is known -----------------------------------------------------------------------

    def adopt(
        self,
        offerings: dict[str, Offering],
        *,
        identity_key: str,
        revision: str,
        groups: frozenset[str],
    ) -> None:
        """Take what the registry, the configuration and the user's groups allow now."""
        key = (identity_key, revision)
        before = {name: (self.offerings[name].url, shelf) for name, shelf in self._shelves.items()}
        if identity_key != self._key[0]:
            before = {}
        known = {**self._snapshot.load(*key, self._clock()), **before}
        self._key, self._groups = key, groups
        self.keeper.adopt(identity_key)
        for server in {*self._upstreams, *self._fetches}:
            old, new = self.offerings.get(server), offerings.get(server)
            if new is None or old is None or address(old) != address(new) or not before:
                self._drop_upstream(server)
        pinned = {server: offering.pins for server, offering in self.offerings.items()}
        self.offerings = offerings
        self._shelves = {}
        for server, offering in offerings.items():
            url, shelf = known.get(server, ("", None))
            if offering.standing is Standing.OFFERED:
                self._shelves[server] = shelf if shelf and url == offering.url else Shelf()
                if pinned.get(server, offering.pins) != offering.pins:
                    self._inspect(server)
        self._rebuild()
        self._wake.set()
        self.watch(None)

    def listed(self, feature: Feature, view: View = EVERYTHING) -> list[dict[str, Any]]:
        """A public list as it stands, ordered by name."""
        return self._assortment.listed(feature, view)

    def tools(self) -> list[dict[str, Any]]:
        """The public list of tools as it stands."""
        return self.listed(Feature.TOOLS)

    def find(self, feature: Feature, name: str, view: View = EVERYTHING) -> Route | None:
        """Where a public name leads: also to a server that is not offered or not yet known."""
        return self._assortment.find(feature, name, view)

    def public_uri(self, server: str, own: str, view: View = EVERYTHING) -> str:
        """By which URI a window of this view reads what a server calls `own`."""
        return self._assortment.public_uri(server, own, view)

    def capabilities(self, view: View = EVERYTHING) -> dict[str, dict[str, Any]]:
        """What each offered server of a view can, as it said last; verbatim."""
        return {s: shelf.capabilities for s, shelf in self._shelves.items() if view.admits(s)}

    def state(self, server: str) -> tuple[State, int, Fault | None]:
        """How a server's tools got into the list, how many they are, and its last failure."""
        shelf = self._shelves.get(server)
        return (shelf.state, len(shelf.tools), shelf.fault) if shelf else (State.ABSENT, 0, None)

    def fetched_at(self, server: str) -> float | None:
        """Unix seconds when a server gave its tools; None when it never did."""
        shelf = self._shelves.get(server)
        return shelf.fetched_at or None if shelf else None

    def era(self, server: str) -> Literal["legacy", "modern", "unknown"]:
        """Which protocol a server spoke last, as far as this hub has met it."""
        upstream = self._upstreams.find(server)
        return upstream.era.value if upstream is not None and upstream.era else "unknown"

    def definitions(self, server: str) -> list[dict[str, Any]]:
        """The tools of one server, verbatim."""
        return shelf.tools if (shelf := self._shelves.get(server)) else []

    def quarantined(self, server: str) -> dict[str, Quarantine]:
        """Which tools of a server are in quarantine, and why."""
        routes = self._assortment.routes.get(Feature.TOOLS, {}).values()
        mine = (r for r in routes if r.offering.server == server and r.quarantine is not None)
        return {route.tool: route.quarantine for route in mine if route.quarantine is not None}

    def digests(self, server: str) -> Mapping[str, str]:
        """What a server's tools are now, as far as this hub has looked at them."""
        return shelf.met.digests if (shelf := self._shelves.get(server)) else {}

    def unseen(self, feature: Feature = Feature.TOOLS) -> bool:
        """Whether there is a server that a list should wait for."""
        unlisted = any(shelf.unseen for shelf in self._shelves.values())
        return unlisted or (feature in OTHERS and bool(self._stockroom.waited(self._shelves)))

    # --- waiting -----------------------------------------------------------------------------

    async def ready(self, feature: Feature = Feature.TOOLS) -> None:
        """Wait for every server that nothing is known of; the caller bounds it."""
        waited = [self._fetch(server) for server, shelf in self._shelves.items() if shelf.unseen]
        if waited:
            await asyncio.wait(waited)
        stocking = self._stockroom.waited(self._shelves) if feature in OTHERS else []
        if stocking:
            await asyncio.wait(stocking)

    def leave(self) -> None:
        """Wait no more for those of which nothing is known: a list has left without them."""
        for shelf in self._shelves.values():
            shelf.missed = shelf.missed or shelf.unseen
            shelf.stocked = shelf.stocked or shelf.live

    async def live(self, route: Route) -> Route | None:
        """The route of a tool with the server's own, live definition; asks the server when need be.

        Returns:
            None when the server has no such tool.

        Raises:
            Fault: The server could not be asked.
        """
        server = route.offering.server
        for _ in range(_DROPPED_LISTS):
            shelf = self._shelves.get(server)
            if shelf is None or shelf.live:
                return self._assortment.routes[Feature.TOOLS].get(route.public)
            fetch = self._fetch(server)
            await asyncio.wait([fetch])
            if fetch.cancelled():
                # The user or the address changed. That ends the list, and never this call.
                continue
            fetch.result()
            if shelf.fault is not None and not shelf.live:
                raise shelf.fault
        return None

    async def relist(self, server: str) -> None:
        """Ask a server for its tools now, for example because it said that they changed."""
        for _ in range(1 + (server in self._fetches)):  # one under way may have missed the news
            if server in self._shelves:
                await asyncio.wait([self._fetch(server)])

    def look_again(self) -> None:
        """Somebody was shown a list: servers are asked whose own word is that theirs is stale.

        Nobody waits for it; a list that turns out to be another one is told of as any change is.
        """
        now = self._clock()
        for server, shelf in self._shelves.items():
            if shelf.stale(now):
                self._fetch(server)

    def promise(self, view: View = EVERYTHING) -> float:
        """Seconds for which a client may keep a list: as long as every server in it promises."""
        now = self._clock()
        shown = [shelf.promise(now) for s, shelf in self._shelves.items() if view.admits(s)]
        return min(shown, default=PROMISE)

    def restock(self, server: str) -> None:
        """Ask a server for everything but its tools now."""
        shelf = self._shelves.get(server)
        if shelf is not None and shelf.live:
            self._stockroom.stock(server, shelf, self.upstream(self.offerings[server]))

    def lost(self, offering: Offering, fault: Fault) -> Fault:
        """A call found that nobody listens: the server is not live; returns what to tell."""
        shelf, fault = self._shelves.get(offering.server), told(fault, offering)
        if shelf is not None:
            if shelf.fault is None:
                self.reached(offering, fault)
            shelf.failed(fault, self._clock())
            self._wake.set()
        return fault

    def upstream(self, offering: Offering) -> Face:
        """The connection to a server, made at its first use."""
        return self._upstreams.meet(offering, lambda: self.relist(offering.server))

    def met(self, server: str) -> Face | None:
        """The connection to a server, if there is one."""
        return self._upstreams.find(server)

    def set_level(self, level: str) -> None:
        """Tell every legacy server, now or when it is met, which log messages are wanted."""
        self._upstreams.set_level(level)

    async def tend(self) -> None:
        """Keep the shelves fresh until cancelled; each server at its own pace."""
        while True:
            self._wake.clear()
            now = self._clock()
            for server, shelf in self._shelves.items():
                if shelf.due <= now:
                    self._fetch(server)
            due = min((shelf.due for shelf in self._shelves.values()), default=float("inf"))
            pause = min(max(due - self._clock(), 0.5), 3600.0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):  # `wait_for` may swallow a cancellation.
                    await self._wake.wait()

    def retry(self) -> None:
        """Try every server that failed again now: something about the user has changed."""
        for shelf in self._shelves.values():
            if shelf.fault is not None:
                shelf.due, shelf.failures, shelf.fault = 0.0, 0, None
        self._wake.set()

    def hurry(self, *, doubting: bool = False) -> None:
        """Ask now, and not when it is time, whoever is only not to be reached.

        Args:
            doubting: Also those that answered last: the network may have gone since.
        """
        for server, shelf in self._shelves.items():
            away = isinstance(shelf.fault, UpstreamUnreachable)
            if away or (doubting and beyond(self.offerings[server])):
                shelf.due = 0.0
        self._wake.set()

    def part(self) -> None:
        """Let go of every server beyond this computer; what they listed last stays to be seen."""
        for server, shelf in self._shelves.items():
            if beyond(self.offerings[server]):
                self._drop_upstream(server)
                shelf.live = False
        self.watch(None)

    def answers(self) -> list[tuple[str, Fault | None]]:
        """Each offered server beyond this computer, and how it failed last, if it did."""
        return [
            (server, shelf.fault)
            for server, shelf in self._shelves.items()
            if beyond(self.offerings[server]) and not shelf.unseen
        ]

    async def aclose(self) -> None:
        """Save the snapshot and close every upstream."""
        self._save()
        for server in {*self._upstreams, *self._fetches}:
            self._drop_upstream(server)
        await self._upstreams.settled()

    # --- upkeep ------------------------------------------------------------------------------

    def _fetch(self, server: str) -> asyncio.Task[None]:
        """The one running attempt to list a server's tools, started if there is none."""
        running = self._fetches.get(server)
        if running is None:
            running = asyncio.ensure_future(self._list(server))
            self._fetches[server] = running
            running.add_done_callback(lambda fetch: self._fetched(server, fetch))
        return running

    def _fetched(self, server: str, fetch: asyncio.Task[None]) -> None:
        if self._fetches.get(server) is fetch:  # Else it was dropped, and has a successor.
            del self._fetches[server]
        if not fetch.cancelled() and (wrong := fetch.exception()) is not None:
            log.error("%s could not be listed", server, exc_info=wrong)

    async def _list(self, server: str) -> None:
        shelf, offering = self._shelves[server], self.offerings[server]
        shelf.due = self._clock() + _LIST_SECONDS
        try:
            upstream = self.upstream(offering)
            tools = await tools_of(upstream, offering, _LIST_SECONDS)
        except Fault as fault:
            if shelf.fault is None:
                self.reached(offering, fault)
            shelf.failed(fault, self._clock())
            log.info("%s: %s", server, fault.reference)
        else:
            if shelf.fault is not None and shelf.fault is not upstream.left_out:
                self.reached(offering, None)
            # The list may answer for a user or a registry of the past; then nobody reads it.
            if shelf is self._shelves.get(server):
                had, now = shelf.met, self._clock()
                if isinstance(shelf.fault, UpstreamUnreachable):
                    self.hurry()  # The network is back, so others may answer, too.
                if tools != shelf.tools or not had.fits(upstream.instructions):
                    shelf.met = self.keeper.meet(offering, tools, upstream.instructions)
                changed = shelf.succeeded(tools, now, upstream.left_out, upstream.fresh)
                if changed or shelf.met != had:
                    self._rebuild()
                    self._save()
                self.restock(server)
        self._wake.set()

    def look(self, server: str) -> None:
        """Look again at what a server lists: its pins are other ones now."""
        self._inspect(server)
        self._rebuild()
        self._save()

    def _inspect(self, server: str) -> None:
        shelf = self._shelves.get(server)
        if shelf is not None and shelf.live:
            instructions = self.upstream(self.offerings[server]).instructions
            shelf.met = self.keeper.meet(self.offerings[server], shelf.tools, instructions)

    def _stocked(self, server: str, shelf: Shelf) -> None:
        if shelf is self._shelves.get(server):
            self._rebuild()
            self._save()
            self.watch(None)

    def _kept(self) -> None:
        """A server's word for how long its lists stay true was taken."""
        self._wake.set()

    def _rebuild(self) -> None:
        before = self._assortment
        after = self._assortment = merge(self._shelves, self.offerings, self._groups)
        for server in after.left_out:
            log.warning("%s is left out: the lists of all servers are too large", server)
        for feature in Feature:
            if after.shows(feature) != before.shows(feature):
                self.watch(feature)
                if feature is Feature.TOOLS:
                    self._changed()

    def _save(self) -> None:
        servers = {name: (self.offerings[name].url, shelf) for name, shelf in self._shelves.items()}
        try:
            self._snapshot.save(*self._key, servers)
        except OSError as wrong:
            log.warning("the snapshot could not be saved: %s", wrong)

    def _drop_upstream(self, server: str) -> None:
        self._stockroom.drop(server)
        fetch = self._fetches.pop(server, None)
        if fetch is not None:
            fetch.cancel()
        self._upstreams.drop(server)
