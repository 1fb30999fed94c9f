"""Where a person is asked: the one order of surfaces, decided without waiting.

1. the editor window of the call's own workspace,
2. else the editor window used last,
3. else the asking client itself, if it can put questions to a person,
4. else a terminal of the person's own.

Only a window that was open before the call arrived counts: a caller that opens one for itself gets
no answer from it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from proxy.session import Session


class Surface(StrEnum):
    """The kinds of place where a person can be asked, as rules name them."""

    EDITOR = "editor"
    ELICITATION = "elicitation"
    TERMINAL = "terminal"


def choose(
    sessions: Iterable[Session],
    *,
    asking: Session,
    arrived: int,
    allowed: Collection[str],
) -> tuple[Surface, Session | None] | None:
    """The surface for a call that `asking` made, or None when no allowed one exists.

    Args:
        sessions: Every session of the hub.
        asking: The session whose call is asked about.
        arrived: The call's place in the sequence of arrivals.
        allowed: Names of the surfaces that the verdict admits.

    Returns:
        The surface and its session; a terminal without a session means that the question waits
        until somebody answers it from one.
    """
    everybody = list(sessions)
    if Surface.EDITOR in allowed:
        agents = {s.host_pid for s in everybody if s.role == "mcp" and s.host_pid > 1}
        editors = [
            s
            for s in everybody
            if s.role == "lsp" and s.can_ask and s.opened < arrived and not _agents_own(s, agents)
        ]
        if editors:
            return Surface.EDITOR, max(editors, key=lambda s: _nearness(s, asking))
    own = asking.can_ask and asking.opened < arrived
    if asking.role == "mcp" and own and Surface.ELICITATION in allowed:
        return Surface.ELICITATION, asking
    if Surface.TERMINAL in allowed:
        return Surface.TERMINAL, asking if asking.role == "cli" and own else None
    return None


def _agents_own(editor: Session, agents: Collection[int]) -> bool:
    """Whether an AI client's shell started this "editor".

    An editor that starts both is the parent of both; what an agent runs in a shell descends from
    the client through that shell.
    """
    return any(host in editor.ancestors and host != editor.host_pid for host in agents)


def _nearness(editor: Session, asking: Session) -> tuple[bool, int, int]:
    """Of the windows on the call's own workspace the oldest, else the one used last.

    Whoever comes later and claims the same workspace does not push the first one aside.
    """
    same = editor.workspace is not None and editor.workspace == asking.workspace
    return (True, -editor.opened, 0) if same else (False, editor.focused, editor.opened)
