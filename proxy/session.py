"""One connected window: an editor, an AI client, or a person's terminal."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.approval.question import Answer, Question

Role = Literal["mcp", "lsp", "cli"]

_arrivals = itertools.count(1)


def arrival() -> int:
    """The next number of the hub's one sequence of arrivals.

    Sessions and calls take their numbers from the same sequence, so that "this window was open
    before the call arrived" is one comparison and no clock can blur it.
    """
    return next(_arrivals)


class Window(Protocol):
    """What a front lets the hub do with its window. Every method may be called from the loop."""

    async def ask(self, question: Question) -> Answer:
        """Show `question` and wait for the person; silence and a dead window are no."""

    async def open_url(self, url: str) -> bool:
        """Show a page to the person; False when this window cannot."""

    def tools_changed(self) -> None:
        """Tell the client that the list of tools is another one now."""


@dataclass(slots=True, eq=False)
class Session:
    """One connection, from its hello to its end.

    Attributes:
        role: Which front serves it.
        pid: The shim's process id, as the kernel reports it; 0 when unknown.
        host_pid: The process that started the shim: the editor or AI client; 0 when unknown.
        host: What the client calls itself, for people to read.
        workspace: The project folder it works on, or None when unknown.
        settings: Environment that belongs to this window: display, bus, proxies.
        opened: Its place in the sequence of arrivals.
        focused: When its window was last used, in the same sequence.
        window: The front's way to reach the person, once it is ready.
        can_ask: Whether the window can put questions to a person now.
    """

    role: Role
    pid: int = 0
    host_pid: int = 0
    host: str = "unknown client"
    workspace: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    window: Window | None = None
    can_ask: bool = False
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    opened: int = field(default_factory=arrival)
    focused: int = 0

    def touch(self) -> None:
        """Remember that the person used this window just now."""
        self.focused = arrival()
