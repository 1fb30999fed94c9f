"""The merged list, the table from public names to servers, and its upkeep in the background.

Each server stands on a shelf of its own and is asked by a task of its own: one that is dead, slow
or broken keeps its last known tools, or none, and delays nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Literal

from auth.fault import Fault
from proxy.catalog.route import Route, State
from proxy.catalog.shelf import Shelf
from proxy.naming import public_name
from proxy.policy.offering import Standing
from proxy.policy.verdict import judge_listing

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from proxy.catalog.snapshot import Snapshot
    from proxy.policy.offering import Offering
    from proxy.upstream import Upstream

log = logging.getLogger("portico.catalog")

_LIST_SECONDS = 30.0
_DROPPED_LISTS = 3


class Catalog:
    """Everything one user may see, and the upstreams behind it.

    Args:
        snapshot: Where lists are kept between two hubs.
        connect: Makes the upstream of an offering; called once per server, at its first use.
        changed: Called when the public list is another one than before.
        clock: Unix seconds.
    """

    def __init__(
        self,
        *,
        snapshot: Snapshot,
        connect: Callable[[Offering], Upstream],
        changed: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        self._snapshot = snapshot
        self._connect = connect
        self._changed = changed
        self._clock = clock
        self._key = ("", "")
        self._groups: frozenset[str] = frozenset()
        self.offerings: dict[str, Offering] = {}
        self._shelves: dict[str, Shelf] = {}
        self._upstreams: dict[str, Upstream] = {}
        self._fetches: dict[str, asyncio.Task[None]] = {}
        self._chores: set[asyncio.Task[None]] = set()
        self._public: list[dict[str, Any]] = []
        self._routes: dict[str, Route] = {}
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
        for server in {*self._upstreams, *self._fetches}:
            old, new = self.offerings.get(server), offerings.get(server)
            if new is None or old is None or _address(old) != _address(new) or not before:
                self._drop_upstream(server)
        self.offerings = offerings
        self._shelves = {}
        for server, offering in offerings.items():
            if offering.standing is Standing.OFFERED:
                url, shelf = known.get(server, ("", None))
                self._shelves[server] = shelf if shelf and url == offering.url else Shelf()
        self._rebuild()
        self._wake.set()

    def tools(self) -> list[dict[str, Any]]:
        """The public list as it stands, ordered by name."""
        return self._public

    def find(self, name: str) -> Route | None:
        """Where a public name leads: also to a server that is not offered or not yet known."""
        route = self._routes.get(name)
        if route is not None:
            return route
        server, _, tool = name.partition("_")
        offering = self.offerings.get(server)
        return Route(offering, tool, None) if offering is not None and tool else None

    def state(self, server: str) -> tuple[State, int, Fault | None]:
        """How a server's tools got into the list, how many they are, and its last failure."""
        shelf = self._shelves.get(server)
        if shelf is None:
            return State.ABSENT, 0, None
        if shelf.live:
            return State.LIVE, len(shelf.tools), shelf.fault
        return (State.SNAPSHOT if shelf.tools else State.ABSENT), len(shelf.tools), shelf.fault

    def era(self, server: str) -> Literal["legacy", "modern", "unknown"]:
        """Which protocol a server spoke last, as far as this hub has met it."""
        upstream = self._upstreams.get(server)
        return upstream.era.value if upstream is not None and upstream.era else "unknown"

    def definitions(self, server: str) -> list[dict[str, Any]]:
        """The tools of one server, verbatim."""
        shelf = self._shelves.get(server)
        return shelf.tools if shelf else []

    def unseen(self) -> bool:
        """Whether there is a server that a list should wait for."""
        return any(shelf.unseen for shelf in self._shelves.values())

    # --- waiting -----------------------------------------------------------------------------

    async def ready(self) -> None:
        """Wait for every server that nothing is known of; the caller bounds it."""
        waited = [self._fetch(server) for server, shelf in self._shelves.items() if shelf.unseen]
        if waited:
            await asyncio.wait(waited)

    def leave(self) -> None:
        """Wait no more for those of which nothing is known: a list has left without them."""
        for shelf in self._shelves.values():
            shelf.missed = shelf.missed or shelf.unseen

    async def live(self, route: Route, name: str) -> Route | None:
        """The route with the server's own, live definition; asks the server when need be.

        Returns:
            None when the server has no such tool.

        Raises:
            Fault: The server could not be asked.
        """
        server = route.offering.server
        for _ in range(_DROPPED_LISTS):
            shelf = self._shelves.get(server)
            if shelf is None or shelf.live:
                return self._routes.get(name)
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
        if server in self._shelves:
            await asyncio.wait([self._fetch(server)])

    def upstream(self, offering: Offering) -> Upstream:
        """The connection to a server, made at its first use."""
        found = self._upstreams.get(offering.server)
        if found is None:
            found = self._upstreams[offering.server] = self._connect(offering)
            found.on_list_changed = lambda: self._do(self.relist(offering.server))
        return found

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

    async def aclose(self) -> None:
        """Save the snapshot and close every upstream."""
        self._save()
        for server in {*self._upstreams, *self._fetches}:
            self._drop_upstream(server)
        if self._chores:
            await asyncio.wait(self._chores, timeout=2.0)

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
            async with asyncio.timeout(_LIST_SECONDS):
                tools = await self.upstream(offering).list_tools()
        except Fault as fault:
            shelf.failed(fault, self._clock())
            log.info("%s: %s", server, fault.reference)
        except TimeoutError:
            shelf.failed(_silent(offering), self._clock())
            log.info("%s: no list within %g s", server, _LIST_SECONDS)
        else:
            # The list may answer for a user or a registry of the past; then nobody reads it.
            if shelf is self._shelves.get(server) and shelf.succeeded(tools, self._clock()):
                self._rebuild()
                self._save()
        self._wake.set()

    def _rebuild(self) -> None:
        public: dict[str, dict[str, Any]] = {}
        routes: dict[str, Route] = {}
        for server, shelf in self._shelves.items():
            offering = self.offerings[server]
            for tool in shelf.tools:
                own = tool.get("name")
                if not isinstance(own, str):
                    continue
                name = public_name(server, own)
                if name in routes:
                    continue  # A server that gives a name twice means the first.
                routes[name] = Route(offering, own, tool)
                if judge_listing(offering, tool, self._groups):
                    public[name] = {**tool, "name": name}
        tools = [public[name] for name in sorted(public)]
        self._routes = routes
        if tools != self._public:
            self._public = tools
            self._changed()

    def _save(self) -> None:
        servers = {name: (self.offerings[name].url, shelf) for name, shelf in self._shelves.items()}
        try:
            self._snapshot.save(*self._key, servers)
        except OSError as wrong:
            log.warning("the snapshot could not be saved: %s", wrong)

    def _drop_upstream(self, server: str) -> None:
        fetch = self._fetches.pop(server, None)
        if fetch is not None:
            fetch.cancel()
        upstream = self._upstreams.pop(server, None)
        if upstream is not None:
            self._do(upstream.aclose())

    def _do(self, chore: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)


def _address(offering: Offering) -> tuple[object, ...]:
    return offering.url, offering.auth, offering.audience, offering.standing


def _silent(offering: Offering) -> Fault:
    from proxy.upstream.fault import UpstreamSlow

    msg = f"{offering.server} did not send its list of tools within {_LIST_SECONDS:g} seconds."
    return UpstreamSlow(msg)
