"""How the person hears of a question that no window shows.

A command that made the call opens the page; else an editor's window offers it, even one that is not
paired; else the desktop is told. The page itself is opened by the person alone, or by the command
that they typed. What is said here reaches no model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy.approval.prompt import headline
from proxy.approval.surface import Surface, agents_own

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from proxy.approval.question import Question
    from proxy.session import Session

    Notify = Callable[[str, str, Mapping[str, str]], Awaitable[bool]]

HOW = "Run `portico approvals --open` to see it and answer."
TITLE = "Portico: a call waits for your yes"


class Summons:
    """Calls the person to where a question waits.

    Args:
        sessions: Every session, whenever it is called.
        page: The address of Portico's page; None where there is no company to sign in to.
        notify: Shows title and text on the desktop of a window's environment, if it can.
    """

    def __init__(
        self,
        *,
        sessions: Callable[[], Iterable[Session]],
        page: Callable[[], Awaitable[str]] | None,
        notify: Notify,
    ) -> None:
        self._sessions = sessions
        self._page = page
        self._notify = notify
        self._inviting: set[str] = set()

    async def __call__(self, questions: Sequence[Question], asking: Session) -> bool:
        """Tell the person once; whether anything was there to tell them by."""
        url, question = None, questions[0]
        several = f"{len(questions)} calls wait for your yes."
        head = headline(question) if len(questions) == 1 else several
        if self._page is not None and Surface.PAGE in question.surfaces:
            url = await self._page()
            if await self._invited(head, asking, url):
                return True
        code = ""
        if question.code and len(questions) == 1:
            code = f" In a terminal, its code is {question.code}."
        how = HOW if url else "Run `portico approvals` to see it."
        return await self._notify(TITLE, f"{head} {how}{code}", asking.settings)

    async def _invited(self, head: str, asking: Session, url: str) -> bool:
        """Whether a window offered the page; one offer at a time in each is enough."""
        for session in self._callers(asking):
            caller = session.caller
            if caller is None:
                continue
            if session.id in self._inviting:
                return True  # It offers the page already, and the page shows every question.
            self._inviting.add(session.id)
            try:
                if await caller.invite(head, url):
                    return True
            finally:
                self._inviting.discard(session.id)
        return False

    def _callers(self, asking: Session) -> list[Session]:
        """Whom to call from: the command that asks, else editors, those of its workspace first."""
        if asking.role == "cli":
            return [asking]
        everybody = list(self._sessions())
        agents = {s.host_pid for s in everybody if s.role == "mcp" and s.host_pid > 1}
        editors = [
            s for s in everybody if s.role == "lsp" and s.can_ask and not agents_own(s, agents)
        ]
        same = asking.workspace is not None
        return sorted(
            editors,
            key=lambda s: (same and s.workspace == asking.workspace, s.focused),
            reverse=True,
        )
