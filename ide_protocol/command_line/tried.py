"""A server under trial as the command line knows it: what it said last, and what is wrong with it.

It lives on a loop in a thread of its own. Its questions cross over to the thread of the person who
is at the prompt, where Ctrl-C arrives, and their answers cross back.
"""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any

from auth.fault import Fault
from ide_protocol.command_line.console import note, tell
from ide_protocol.command_line.questioning import PersonRelay, Question
from ide_protocol.command_line.report import report
from ide_protocol.command_line.report import tell as tell_fault
from proxy.lint.lint import lint
from proxy.plain import plain
from proxy.upstream.era import Era

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from concurrent.futures import Future

    from anyio.from_thread import BlockingPortal

    from ide_protocol.command_line.prompt import Prompt
    from ide_protocol.command_line.raw import Raw
    from proxy.lint.rule import Finding, Rule
    from proxy.trial.files import Files
    from proxy.trial.target import Target
    from proxy.trial.trial import Met, Trial

_NAMED = 3
"""How many changed files are named."""


class Tried:
    """One server.

    Args:
        trial: The way to it.
        portal: The loop on which it lives.
        files: What belongs to it.
        raw: What watches it.
        ignored: Rules of the lint that are left out.

    Attributes:
        met: What it said last; None while it does not run.
        findings: What is wrong with that.
    """

    def __init__(
        self,
        trial: Trial,
        portal: BlockingPortal,
        *,
        files: Files,
        raw: Raw,
        ignored: Collection[Rule],
    ) -> None:
        self.met: Met | None = None
        self.findings: tuple[Finding, ...] = ()
        self.raw = raw
        self._trial = trial
        self._portal = portal
        self._files = files
        self._ignored = ignored
        self._short = trial.target.short

    @property
    def target(self) -> Target:
        """Which server it is."""
        return self._trial.target

    def begin(self) -> None:
        """Meet the server.

        Raises:
            Fault: It cannot be met.
        """
        self._take(self._portal.call(self._trial.meet))

    def reload(self) -> None:
        """Start the server anew and say what is different, or why it does not start."""
        before, known = self.met, self.findings
        self.met = None
        try:
            self._take(self._portal.call(self._trial.begin_anew))
        except Fault as fault:
            tell_fault(report(fault))
            return
        self._tell_news(before, known)

    def look(self, first: Callable[[], None] = lambda: None) -> bool:
        """Start it anew where its files have changed, or list its tools where it says to.

        Args:
            first: Called before anything is said.

        Returns:
            Whether there was any news.
        """
        changed = self._files.changed()
        if changed:
            first()
            shown = ", ".join(plain(name.rpartition("/")[2], 60) for name in changed[:_NAMED])
            more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
            note(f"{shown}{more} changed, so {self._short} is started anew.")
            self.reload()
        elif self._trial.stale:
            first()
            note(f"{self._short} says that its tools are other ones now.")
            before, known = self.met, self.findings
            try:
                self._take(self._portal.call(self._trial.meet))
            except Fault as fault:
                tell_fault(report(fault))
                return True
            self._tell_news(before, known)
        else:
            return False
        return True

    def _era(self) -> Era:
        return self.met.terms.era if self.met else Era.MODERN

    def _take(self, met: Met) -> None:
        self.met = met
        self.findings = lint(
            self._short,
            met.tools,
            instructions=met.terms.instructions,
            left_out=met.left_out,
            noise=self.raw.noise,
            ignored=self._ignored,
        )

    def _tell_news(self, before: Met | None, known: Collection[Finding]) -> None:
        from ide_protocol.command_line.view import trial as view

        if self.met is None:
            return
        tell(view.heading(self._short, self.met))
        for sentence in _news(before, self.met):
            note(sentence)
        new = [one for one in self.findings if one not in known]
        if new or not self.findings:
            tell(view.lint(new, "new "))
        elif len(self.findings) < len(known):
            note(f"{len(known) - len(self.findings)} fewer findings, {len(self.findings)} left.")

    def ask(self, prompt: Prompt, name: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - a JSON-RPC response, or None.
        """Make a call, and have its questions answered at the prompt meanwhile; None for Ctrl-C.

        Raises:
            Fault: There is no response.
            Refused: A question could not be put to anybody.
        """
        inbox: queue.Queue[Question | None] = queue.Queue()
        relay = PersonRelay(self._short, self._era(), inbox, asks=prompt.interactive)
        future: Future[dict[str, Any]] = self._portal.start_task_soon(
            self._trial.call, name, arguments, relay
        )
        future.add_done_callback(lambda _: inbox.put(None))
        try:
            while (question := inbox.get()) is not None:
                answer = prompt.answer(question.params)
                self._portal.call(question.give, answer)
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            return None


def _news(before: Met | None, now: Met) -> list[str]:
    """What is different about the tools, as sentences."""
    if before is None:
        return []
    old, new = before.named, now.named
    told = (
        ("new", [name for name in new if name not in old]),
        ("gone", [name for name in old if name not in new]),
        ("changed", [name for name in new if name in old and new[name] != old[name]]),
    )
    return [
        f"{what}: {', '.join(plain(one, 80) for one in names)}" for what, names in told if names
    ]
