"""Which server runs a task: the only key by which `tasks/…` can be routed.

Servers choose the ids. The first to use one keeps it for as long as it is remembered, so that no
server can draw to itself what is meant for another's task.
"""

from __future__ import annotations

from typing import Any

_MOST = 10_000


class Tasks:
    """Task id -> short name of its server; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._servers: dict[str, str] = {}

    def remember(self, server: str, envelope: dict[str, Any]) -> None:
        """Note the task that an answer of `server` brings, if it brings one."""
        identifier = _created(envelope.get("result"))
        if identifier is None:
            return
        self._servers.setdefault(identifier, server)
        if len(self._servers) > _MOST:
            del self._servers[next(iter(self._servers))]

    def server(self, params: dict[str, Any]) -> str | None:
        """The server of the task that `params` names."""
        identifier = params.get("taskId")
        return self.of(identifier) if isinstance(identifier, str) else None

    def of(self, identifier: str) -> str | None:
        """The server of a task."""
        return self._servers.get(identifier)


def _created(result: object) -> str | None:
    """The id in a result that is a task: flat in the modern extension, in `task` before that."""
    if not isinstance(result, dict):
        return None
    task = result if result.get("resultType") == "task" else result.get("task")
    identifier = task.get("taskId") if isinstance(task, dict) else None
    if identifier is None and isinstance(result.get("task"), dict):
        identifier = result["task"].get("taskId")
    return identifier if isinstance(identifier, str) else None
