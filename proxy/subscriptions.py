"""What clients want to hear of, merged into one stream of changes per server.

Every window says what it wants; each server is asked for the union of that, on one stream that its
upstream keeps open. What a server then says goes to the windows that wanted it, under public names.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from proxy.catalog.feature import Feature
from proxy.catalog.uri import public_uri
from proxy.policy.circumstances import Circumstances
from proxy.policy.reading import judge_reading
from proxy.policy.verdict import Ruling
from proxy.upstream.era import TASKS_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from proxy.catalog import Catalog, Route
    from proxy.catalog.view import View
    from proxy.upstream.face import Face

log = logging.getLogger("portico.subscriptions")

UPDATED = "notifications/resources/updated"
LIST_CHANGED = {
    Feature.TOOLS: "notifications/tools/list_changed",
    Feature.PROMPTS: "notifications/prompts/list_changed",
    Feature.RESOURCES: "notifications/resources/list_changed",
}
CHANGES = frozenset({UPDATED, *LIST_CHANGED.values()})
"""What a server says about itself and not about a call, wherever it says it."""

FLAGS = {
    Feature.TOOLS: "toolsListChanged",
    Feature.PROMPTS: "promptsListChanged",
    Feature.RESOURCES: "resourcesListChanged",
}
"""How `subscriptions/listen` (2026-07-28) asks for each list."""

URIS = "resourceSubscriptions"

TASK = "notifications/tasks"
TASK_IDS = "taskIds"
"""How a task stands, and whose news is wanted (tasks extension, SEP-2663)."""

MOST_URIS = 1000
"""Resources that one window may watch, and tasks."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to hear: changes of lists, of resources by public URI, and of tasks."""

    features: frozenset[Feature] = frozenset()
    uris: frozenset[str] = frozenset()
    tasks: frozenset[str] = frozenset()

    def __or__(self, other: Wanted) -> Wanted:
        return Wanted(
            self.features | other.features, self.uris | other.uris, self.tasks | other.tasks
        )


class Subscriber(Protocol):
    """One window."""

    @property
    def view(self) -> View:
        """What of the catalog it sees."""

    def wants(self) -> Wanted:
        """What it wants to hear now."""

    def changed(self, feature: Feature) -> None:
        """A public list is another one now."""

    def updated(self, watched: str, message: dict[str, Any]) -> None:
        """The resource that it watches as `watched`, or a part of it, is another one now."""

    def tasked(self, task: str, message: dict[str, Any]) -> None:
        """A task that it watches stands otherwise now."""

    def said(self, message: dict[str, Any]) -> None:
        """A server said something else, outside of any call."""


@dataclass(slots=True)
class _Stream:
    upstream: Face
    wanted: dict[str, Any]
    task: asyncio.Task[None] = field(compare=False)


class Subscriptions:
    """Every subscription of one hub.

    Args:
        catalog: The servers.
        groups: The groups of whoever is signed in now.
        runs: Which server runs a task, as far as this hub has seen it begin.
    """

    def __init__(
        self,
        catalog: Catalog,
        groups: Callable[[], frozenset[str]],
        runs: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        self._catalog = catalog
        self._groups = groups
        self._runs = runs
        self._members: list[Subscriber] = []
        self._streams: dict[str, _Stream] = {}
        catalog.watch = self._noticed

    def join(self, member: Subscriber) -> None:
        """Tell a window of changes from now on."""
        self._members.append(member)
        self.refresh()

    def leave(self, member: Subscriber) -> None:
        """Tell a window nothing any more."""
        self._members.remove(member)
        self.refresh()

    def readable(self, uri: str, view: View) -> Route | None:
        """Where a URI leads that this user may watch; None for every other."""
        route = self._catalog.find(Feature.RESOURCES, uri, view)
        if route is None:
            return None
        who = Circumstances(self._groups(), host=view.host, workspace=view.place)
        verdict = judge_reading(route.offering, "resources", route.tool, who)
        return None if verdict.ruling is Ruling.DENY else route

    def runner(self, task: str, view: View) -> str | None:
        """The server of a task that a window of this view may watch; None for every other."""
        server = self._runs(task) or view.single
        offering = self._catalog.offerings.get(server) if server else None
        if offering is None or not view.admits(offering.server):
            return None
        who = Circumstances(self._groups(), host=view.host, workspace=view.place)
        verdict = judge_reading(offering, "tasks", "tasks/get", who)
        return None if verdict.ruling is Ruling.DENY else offering.server

    def refresh(self) -> None:
        """Bring the streams in step with what is wanted and what there is."""
        wanted = self._wanted()
        for server, stream in list(self._streams.items()):
            upstream = self._catalog.met(server)
            if wanted.get(server) != stream.wanted or upstream is not stream.upstream:
                stream.task.cancel()
                del self._streams[server]
        for server, asked in wanted.items():
            if server not in self._streams:
                self._open(server, asked)

    def heard(self, server: str, message: dict[str, Any]) -> None:
        """Take what a server said about itself."""
        method = message.get("method")
        if method == LIST_CHANGED[Feature.TOOLS]:
            return  # The upstream has told the catalog already.
        if method in CHANGES - {UPDATED}:
            self._catalog.restock(server)
        elif method == UPDATED:
            self._updated(server, message)
        elif method == TASK:
            self._tasked(server, message)
        else:
            for member in self._members:
                if member.view.admits(server):
                    member.said(message)

    def close(self) -> None:
        """Close every stream."""
        for stream in self._streams.values():
            stream.task.cancel()
        self._streams.clear()

    # --- one stream per server ---------------------------------------------------------------

    def _open(self, server: str, asked: dict[str, Any]) -> None:
        upstream = self._catalog.upstream(self._catalog.offerings[server])

        def heard(message: dict[str, Any]) -> None:
            self.heard(server, message)

        task = asyncio.ensure_future(upstream.listen(asked, heard))
        self._streams[server] = _Stream(upstream, asked, task)
        task.add_done_callback(lambda done: _ended(server, done))

    def _wanted(self) -> dict[str, dict[str, Any]]:
        """What each server is asked for: of all that is wanted, what it says it can."""
        watched: dict[str, set[str]] = {}
        tasks: dict[str, set[str]] = {}
        features: dict[str, set[Feature]] = {}
        able = self._catalog.capabilities()
        for member in self._members:
            wants = member.wants()
            for uri in wants.uris:
                route = self.readable(uri, member.view)
                if route is not None:
                    watched.setdefault(route.offering.server, set()).add(route.tool)
            for task in wants.tasks:
                runner = self.runner(task, member.view)
                if runner is not None:
                    tasks.setdefault(runner, set()).add(task)
            for server in filter(member.view.admits, able):
                features.setdefault(server, set()).update(wants.features)
        found = {
            server: _asked(can, features.get(server, set()), watched.get(server, set()))
            for server, can in able.items()
        }
        for server, running in tasks.items():
            if server in able and runs_tasks(able[server]):
                found[server][TASK_IDS] = sorted(running)
        return {server: asked for server, asked in found.items() if asked}

    # --- telling the windows -----------------------------------------------------------------

    def _noticed(self, feature: Feature | None) -> None:
        if feature is None:
            self.refresh()
        elif feature is not Feature.TOOLS:  # Of tools the sessions tell every window themselves.
            listed = Feature.RESOURCES if feature is Feature.TEMPLATES else feature
            for member in self._members:
                member.changed(listed)

    def _tasked(self, server: str, message: dict[str, Any]) -> None:
        params = message.get("params")
        task = params.get("taskId") if isinstance(params, dict) else None
        if not isinstance(task, str):
            return
        for member in self._members:
            if task in member.wants().tasks and self.runner(task, member.view) == server:
                member.tasked(task, message)

    def _updated(self, server: str, message: dict[str, Any]) -> None:
        params = message.get("params")
        own = params.get("uri") if isinstance(params, dict) else None
        if not isinstance(params, dict) or not isinstance(own, str):
            return
        for member in self._members:
            for watched in member.wants().uris:
                route = self._catalog.find(Feature.RESOURCES, watched, member.view)
                if route is None or route.offering.server != server:
                    continue
                if own == route.tool:
                    uri = watched
                elif own.startswith(f"{route.tool.rstrip('/')}/"):
                    # A part of it: servers may say which, under a URI that nobody subscribed to.
                    uri = own if watched == route.tool else public_uri(server, own)
                else:
                    continue
                member.updated(watched, {**message, "params": {**params, "uri": uri}})


def runs_tasks(can: Mapping[str, Any]) -> bool:
    """Whether somebody with these capabilities has the tasks extension."""
    extensions = can.get("extensions")
    return isinstance(extensions, dict) and TASKS_KEY in extensions


def _asked(can: dict[str, Any], features: set[Feature], watched: set[str]) -> dict[str, Any]:
    asked: dict[str, Any] = {
        flag: True
        for feature, flag in FLAGS.items()
        if feature in features and _says(can, feature.group, "listChanged")
    }
    if watched and _says(can, "resources", "subscribe"):
        asked[URIS] = sorted(watched)
    return asked


def _says(can: dict[str, Any], group: str, what: str) -> bool:
    details = can.get(group)
    return isinstance(details, dict) and details.get(what) is True


def _ended(server: str, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (wrong := task.exception()) is not None:
        log.error("the stream of changes of %s ended", server, exc_info=wrong)
