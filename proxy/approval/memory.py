"""The arguments of the last approved call of each tool, so that a question can say what changed.

They are kept in memory alone, and go with the hub. On disk they would have to be redacted, and a
redacted value cannot show what it was; in clear they would be a second copy of what people send to
servers, with the secrets among it, which nobody asked Portico to keep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy import wire
from proxy.approval.change import changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.approval.change import Change

MOST = 256
"""Tools that are remembered; the one approved longest ago makes room."""

LARGEST = 64 * 1024
"""Characters of arguments that are remembered; of larger ones nothing is said."""

Tool = tuple[str, str, str]
"""Whose yes it was (`auth.identity.Identity.key`), short name of the server, and the tool."""


class LastApproved:
    """What was approved last, tool by tool."""

    def __init__(self) -> None:
        self._arguments: dict[Tool, bytes] = {}

    def since(self, tool: Tool, arguments: Mapping[str, object]) -> tuple[Change, ...] | None:
        """What changed since the last approved call of a tool; None where none is remembered."""
        before = self._arguments.get(tool)
        return None if before is None else changes(wire.decode(before), arguments)

    def before(self, tool: Tool) -> str | None:
        """The arguments of the last approved call, as JSON text; None where none is remembered."""
        frozen = self._arguments.get(tool)
        return None if frozen is None else frozen.decode()

    def remember(self, tool: Tool, arguments: Mapping[str, object]) -> None:
        """A call of a tool was approved."""
        self._arguments.pop(tool, None)
        frozen = wire.encode(arguments)
        if len(frozen) <= LARGEST:
            self._arguments[tool] = frozen
        if len(self._arguments) > MOST:
            del self._arguments[next(iter(self._arguments))]

    def keep_only(self, user: str) -> None:
        """Somebody else is signed in, or nobody: the rest is none of their business."""
        kept = {tool: frozen for tool, frozen in self._arguments.items() if tool[0] == user}
        self._arguments = kept
