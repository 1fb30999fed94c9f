"""Where a person is asked: the one order of surfaces and their strength, decided without waiting.

1. a paired editor: the window that started the asking client, else that of the call's own
   workspace, else the one used last,
2. else another editor window, which counts no more than an elicitation,
3. else the asking client itself, if it can put questions to a person,
4. else the terminal in which the call was made,
5. else Portico's own page, where people sign in,
6. else a terminal of the person's own.

Only a window that was open before the call arrived counts: a caller that opens one for itself gets
no answer from it. Where nobody signs in there is nothing to pair against, and every editor counts
as paired.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from proxy.session import Session


class Surface(StrEnum):
    """The kinds of place where a person can be asked, as rules name them, the strongest first."""

    EDITOR = "editor"
    PAGE = "page"
    ELICITATION = "elicitation"
    TERMINAL = "terminal"


def choose(
    sessions: Iterable[Session],
    *,
    asking: Session,
    arrived: int,
    allowed: Collection[str],
    signs_in: bool,
) -> tuple[Surface, Session | None] | None:
    """The surface for a call that `asking` made, or None when no allowed one exists.

    Args:
        sessions: Every session of the hub.
        asking: The session whose call is asked about.
        arrived: The call's place in the sequence of arrivals.
        allowed: Names of the surfaces that the verdict admits.
        signs_in: Whether there is a company to sign in to, hence pairing, and the page.

    Returns:
        The surface and its session; page and terminal without a session mean that the question
        waits there until somebody answers it.
    """
    windows = _windows(sessions, arrived)
    editors = [window for window in windows if window.paired or not signs_in]
    if Surface.EDITOR in allowed and editors:
        return Surface.EDITOR, _nearest(editors, asking)
    if Surface.ELICITATION in allowed and windows:
        return Surface.ELICITATION, _nearest(windows, asking)
    own = asking.can_ask and asking.opened < arrived
    if asking.role == "mcp" and own and Surface.ELICITATION in allowed:
        return Surface.ELICITATION, asking
    if asking.role == "cli" and own and Surface.TERMINAL in allowed:
        return Surface.TERMINAL, asking
    if Surface.PAGE in allowed and signs_in:
        return Surface.PAGE, None
    return (Surface.TERMINAL, None) if Surface.TERMINAL in allowed else None


def too_weak(
    sessions: Iterable[Session],
    *,
    asking: Session,
    arrived: int,
    allowed: Collection[str],
    signs_in: bool,
) -> list[tuple[Surface, str]]:
    """What could ask about a call and may not, each with why; for the audit."""
    found = []
    if signs_in and any(not window.paired for window in _windows(sessions, arrived)):
        found.append((Surface.ELICITATION, "an editor that is not paired"))
    if asking.role == "mcp" and asking.can_ask:
        found.append((Surface.ELICITATION, "the asking client itself"))
    if asking.role == "cli" and asking.can_ask:
        found.append((Surface.TERMINAL, "the terminal of the call"))
    return [(surface, why) for surface, why in found if surface not in allowed]


def _windows(sessions: Iterable[Session], arrived: int) -> list[Session]:
    """The editors that can ask about a call."""
    everybody = list(sessions)
    agents = {s.host_pid for s in everybody if s.role == "mcp" and s.host_pid > 1}
    return [
        session
        for session in everybody
        if session.role == "lsp"
        and session.can_ask
        and session.opened < arrived
        and not agents_own(session, agents)
    ]


def beside(sessions: Iterable[Session], asking: Session) -> Session | None:
    """The editor window that is told how a call of `asking` goes; None where none is of its kind.

    It is the window whose own process started the asking client, else one of the same workspace.
    Nothing that is told there asks for anything, so it needs no strength.
    """
    editors = [session for session in sessions if session.editor is not None]
    own = [editor for editor in editors if editor.host_pid == asking.host_pid > 1]
    same = [editor for editor in editors if editor.workspace == asking.workspace is not None]
    windows = own or same
    return _nearest(windows, asking) if windows else None


def agents_own(editor: Session, agents: Collection[int]) -> bool:
    """Whether an AI client's shell started this "editor".

    An editor that starts both is the parent of both; what an agent runs in a shell descends from
    the client through that shell.
    """
    return any(host in editor.ancestors and host != editor.host_pid for host in agents)


def _nearest(editors: Sequence[Session], asking: Session) -> Session:
    return max(editors, key=lambda editor: _nearness(editor, asking))


def _nearness(editor: Session, asking: Session) -> tuple[bool, bool, int, int]:
    """Of the windows on the call's own workspace the oldest, else the one used last.

    Whoever comes later and claims the same workspace does not push the first one aside. Before
    both comes the paired window whose own process started the asking client, as the kernel says: a
    browser that was closed leaves its window behind, on the same workspace and older.
    """
    own = editor.paired and editor.host_pid == asking.host_pid > 1
    same = editor.workspace is not None and editor.workspace == asking.workspace
    return (own, True, -editor.opened, 0) if same else (own, False, editor.focused, editor.opened)
