"""One connected window: an editor, an AI client, or a person's terminal."""

from __future__ import annotations

import itertools
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from proxy.policy.circumstances import NOWHERE, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from auth.reach import Flow, Reach
    from proxy.approval.batch import Batch
    from proxy.cassette.recorder import Recorder
    from proxy.chaos.chaos import Chaos

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

    async def ask(self, batch: Batch) -> None:
        """Show a batch as one prompt, and settle what the person says to each question of it.

        What is still open when this returns was answered with silence. Cancelling it takes the
        prompt away.
        """

    async def open_url(self, url: str, why: str = "") -> bool:
        """Show a page to the person, under the sentence `why`; False when this window cannot."""

    def tools_changed(self) -> None:
        """Tell the client that the list of tools is another one now."""

    def approvals_changed(self) -> None:
        """Tell the client that other questions are open now."""


class Caller(Protocol):
    """A window that can call the person to Portico's page."""

    async def invite(self, headline: str, url: str) -> bool:
        """Offer the page on which a question waits; False when the person cannot be told."""

    async def offer(self, sentence: str, action: str) -> bool:
        """Say something in passing, with one button; whether the person pressed it.

        Cancelling it takes the sentence away.
        """


class Progress(Protocol):
    """A call under way, as an editor shows it."""

    def report(self, message: str, percentage: int | None = None) -> None:
        """What the call says of itself; `percentage` is from 0 to 100."""

    def end(self, message: str = "") -> None:
        """The call has ended."""


class Editor(Protocol):
    """What a window can do that shows more than questions. Its methods wait for nobody."""

    def log(self, message: str, *, grave: bool = False) -> None:
        """Write a line where the person looks when they wonder."""

    def progress(self, title: str, cancel: Callable[[], None]) -> Progress:
        """Show that something is under way; a person who wants it to end has `cancel` called."""


@dataclass(slots=True, eq=False)
class Session:
    """One connection, from its hello to its end.

    Attributes:
        role: Which front serves it.
        pid: The shim's process id, as the kernel reports it; 0 when unknown.
        host_pid: The process that started the shim: the editor or AI client; 0 when unknown.
        host_since: When that process began, in seconds since the machine started: numbers of
            processes are used again.
        host_session: The leader of that process's session; 0 when unknown.
        ancestors: Every process that the shim descends from, for editors; empty when unknown.
        host: What the client calls itself, for people to read.
        workspace: The project folder it works on, or None when unknown.
        place: What rules may say of that workspace, see `Hub.know`.
        place_of: The workspace that this was looked at for.
        workspace_named: Whether the person or an extension named it.
        only: Short names of the only servers it shows; empty shows all, or those of its profile.
        bare: Whether the one server of `only` shows its names without a prefix.
        search: Whether its tools are found and called by two tools in place of all of them.
        chaos: The trouble that it asked for, to see how an agent takes it.
        recorder: Takes its read-only calls into a cassette, where it asked for that.
        resumes: Whether its client can come back for the rest of a call's stream, as over HTTP.
        log_level: From which level on a legacy client wants log messages; empty before it said.
        settings: Environment that belongs to this window: display, bus, proxies.
        opened: Its place in the sequence of arrivals.
        focused: When its window was last used, in the same sequence.
        window: The front's way to reach the person, once it is ready.
        caller: The front's way to call the person to Portico's page; AI clients have none, because
            a model may read what they show.
        editor: What an editor's window can do beyond that; other clients have none.
        reach: How the person is reached for a sign-in by a flow; None where only by a page.
        can_ask: Whether the window can put questions to a person now.
        paired: Whether the person accepted this editor on a page of Portico's.
        since: Unix seconds of its hello.
    """

    role: Role
    pid: int = 0
    host_pid: int = 0
    host_since: float = 0.0
    host_session: int = 0
    ancestors: tuple[int, ...] = ()
    host: str = "unknown client"
    workspace: str | None = None
    place: Workspace = NOWHERE
    place_of: str | None = None
    workspace_named: bool = False
    only: tuple[str, ...] = ()
    bare: bool = False
    search: bool = False
    chaos: Chaos | None = None
    recorder: Recorder | None = None
    resumes: bool = False
    log_level: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    window: Window | None = None
    caller: Caller | None = None
    editor: Editor | None = None
    reach: Callable[[Flow], Reach] | None = None
    can_ask: bool = False
    paired: bool = False
    since: float = field(default_factory=time.time)
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    opened: int = field(default_factory=arrival)
    focused: int = 0

    def touch(self) -> None:
        """Remember that the person used this window just now."""
        self.focused = arrival()


class Sessions:
    """Every session of one hub."""

    def __init__(self) -> None:
        self._open: dict[str, Session] = {}
        self.on_remove: list[Callable[[Session], None]] = []
        """Told of each window that went."""

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._open.values()))

    def __len__(self) -> int:
        return len(self._open)

    def add(self, session: Session) -> None:
        """A window came."""
        self._open[session.id] = session

    def remove(self, session: Session) -> None:
        """A window went."""
        session.can_ask, session.window, session.caller = False, None, None
        session.editor = session.reach = None
        self._open.pop(session.id, None)
        for leave in self.on_remove:
            leave(session)

    def tools_changed(self) -> None:
        """Tell every window that the list of tools is another one now."""
        for session in self:
            if session.window is not None:
                session.window.tools_changed()

    def log(self, message: str, *, grave: bool = False) -> None:
        """Have every editor write a line to its log."""
        for session in self:
            if session.editor is not None:
                session.editor.log(message, grave=grave)

    def approvals_changed(self) -> None:
        """Tell every window that other questions are open now."""
        for session in self:
            if session.window is not None:
                session.window.approvals_changed()
