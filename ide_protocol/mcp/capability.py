"""What Portico offers an AI client: the union of what its servers can, as far as relayed. Pure.

Capabilities are frozen at a legacy handshake, which waits for no server. What was not yet heard of
a server is therefore hoped for: a list that turns out empty does less harm than a feature that the
client will never ask about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.upstream.era import TASKS_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TASKS = TASKS_KEY
"""The one extension that Portico relays: its methods name a task, and so can be routed."""

_LEGACY_TASKS = ("cancel", "requests")  # `list` names no task, so nobody could be asked for it.


def offered(servers: Iterable[Mapping[str, Any]], *, hopeful: bool) -> dict[str, Any]:
    """The capabilities to announce.

    Args:
        servers: Each server's own.
        hopeful: Whether there are servers of which nothing is known yet.
    """
    known = list(servers)

    def some(group: str, what: str | None = None) -> bool:
        details = [can[group] for can in known if isinstance(can.get(group), dict)]
        return hopeful or any(what is None or one.get(what) is True for one in details)

    found: dict[str, Any] = {"tools": {"listChanged": True}}
    if some("prompts"):
        found["prompts"] = {"listChanged": True}
    if some("resources"):
        found["resources"] = {"listChanged": True}
        if some("resources", "subscribe"):
            found["resources"]["subscribe"] = True
    for group in ("completions", "logging"):
        if some(group):
            found[group] = {}
    return {**found, **_tasks(known)}


def _tasks(known: list[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for can in known:
        tasks, extensions = can.get("tasks"), can.get("extensions")
        if isinstance(tasks, dict) and "tasks" not in found:
            found["tasks"] = {key: tasks[key] for key in _LEGACY_TASKS if key in tasks}
        if isinstance(extensions, dict) and TASKS in extensions and "extensions" not in found:
            found["extensions"] = {TASKS: extensions[TASKS]}
    return found
