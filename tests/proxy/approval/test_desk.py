"""The desk: every question gets one answer, by its deadline, from a surface that counts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from auth.fault import Fault
from proxy.approval import Answer, Batch, Decision, Desk, Question, Reply, Surface, Voice
from proxy.approval.desk import NoSuchQuestion
from proxy.approval.terminal import Terminal
from proxy.approval.voice import CodeRefused, NotThatSurface, NotThisTerminal
from proxy.policy.offering import SURFACES
from proxy.session import Session
from tests.proxy.approval.questions import about

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

NOW = 1000.0
UPTIME = 500.0
HOST = 77
OWN = Terminal(pid=50, ancestors=(40, 1), has_tty=True, opened=UPTIME - 60, session=40)
NO_TTY = Terminal(pid=50, ancestors=(40, 1), has_tty=False, opened=UPTIME - 60, session=40)
OF_THE_HOST = Terminal(
    pid=50, ancestors=(40, HOST, 1), has_tty=True, opened=UPTIME - 60, session=40
)
LATE = Terminal(pid=50, ancestors=(40, 1), has_tty=True, opened=UPTIME + 1, session=40)


def at(terminal: Terminal | None, code: str = "") -> Voice:
    """An answer typed at a terminal."""
    return Voice(Surface.TERMINAL, terminal, code)


class Person:
    """A window whose person answers when told."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.shown = asyncio.Event()
        self.says: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.withdrawn = False

    async def ask(self, batch: Batch) -> None:
        """Wait for the person, who says the same to each question."""
        self.asked += batch.questions
        self.shown.set()
        try:
            answer = await self.says
            for question in batch.open:
                batch.settle(question, Reply(answer))
        except asyncio.CancelledError:
            self.withdrawn = True
            raise

    async def open_url(self, _url: str, _why: str = "") -> bool:
        """No pages here."""
        return False

    def tools_changed(self) -> None:
        """Nobody listens."""

    def approvals_changed(self) -> None:
        """Nobody listens."""


async def _nobody_is_called(_questions: list[Question], _asking: Session) -> bool:
    """The person knows."""
    return True


class Office:
    """A desk, an asking agent, and one editor."""

    def __init__(self, *, signs_in: bool = False) -> None:
        self.changes = 0
        self.refused: list[tuple[Question, Surface, str]] = []
        self.summon: Callable[[list[Question], Session], Awaitable[bool]] = _nobody_is_called
        self.agent = Session("mcp", host_pid=HOST)
        self.person = Person()
        self.editor = Session("lsp", window=self.person, can_ask=True)
        self.desk = Desk(
            sessions=lambda: [self.agent, self.editor],
            clock=lambda: NOW,
            uptime=lambda: UPTIME,
            changed=self._changed,
            signs_in=signs_in,
            summon=self._called,
            refused=lambda *told: self.refused.append(told),
        )

    def _changed(self) -> None:
        self.changes += 1

    async def _called(self, questions: list[Question], asking: Session) -> bool:
        return await self.summon(questions, asking)

    def ask(
        self,
        seconds: float = 60.0,
        kind: Surface = Surface.EDITOR,
        session: Session | None = None,
        allowed: Collection[str] = SURFACES,
        difference: tuple[str, ...] | None = None,
    ) -> asyncio.Task[Decision]:
        """Ask about one call; without a session of its own an editor question uses the editor."""
        asked = about(deadline=NOW + seconds, difference=difference)
        where = session or (self.editor if kind is Surface.EDITOR else None)
        return asyncio.ensure_future(
            self.desk.decide(asked, asking=self.agent, surface=(kind, where), allowed=allowed)
        )

    async def ask_terminal(
        self, allowed: Collection[str] = SURFACES
    ) -> tuple[str, asyncio.Task[Decision]]:
        """Ask where only a terminal can answer; the question's id, and its decision."""
        deciding = self.ask(kind=Surface.TERMINAL, allowed=allowed)
        await asyncio.sleep(0)
        return self.desk.questions()[0].id, deciding


@pytest.fixture
async def office() -> Office:
    """A desk without questions."""
    return Office()


@pytest.mark.parametrize("said", list(Answer))
async def test_what_the_person_says_is_the_decision(office: Office, said: Answer) -> None:
    """The answer and its surface come back, the question is gone, and lists are told twice."""
    deciding = office.ask()
    await office.person.shown.wait()
    assert len(office.desk.questions()) == 1
    office.person.says.set_result(said)
    assert await deciding == Decision(said, Surface.EDITOR)
    assert (office.desk.questions(), office.changes) == ([], 2)


@pytest.mark.parametrize("seconds", [-5.0, 0.0, 0.01])
async def test_no_answer_by_the_deadline_is_silence(office: Office, seconds: float) -> None:
    """Silence is no, and the prompt is taken back."""
    assert await office.ask(seconds) == Decision(Answer.SILENCE, Surface.EDITOR)
    await asyncio.sleep(0)
    assert office.desk.questions() == []
    assert office.person.withdrawn or not office.person.shown.is_set()


async def test_a_question_is_decided_once(office: Office) -> None:
    """The first answer wins; the next finds no question."""
    deciding = office.ask()
    await office.person.shown.wait()
    identifier = office.desk.questions()[0].id
    office.desk.answer(identifier, Reply(Answer.NO), at(OWN))
    office.person.says.set_result(Answer.YES)
    with pytest.raises(NoSuchQuestion):
        office.desk.answer(identifier, Reply(Answer.YES), at(OWN))
    assert await deciding == Decision(Answer.NO, Surface.TERMINAL)
    with pytest.raises(NoSuchQuestion):
        office.desk.answer(identifier, Reply(Answer.YES), at(OWN))


@pytest.mark.parametrize("terminal", [None, NO_TTY, OF_THE_HOST, LATE])
async def test_a_yes_counts_only_from_an_accepted_terminal(
    office: Office, terminal: Terminal | None
) -> None:
    """A refused yes says why and leaves the question open for a better one."""
    identifier, deciding = await office.ask_terminal()
    with pytest.raises(NotThisTerminal):
        office.desk.answer(identifier, Reply(Answer.YES), at(terminal))
    assert not deciding.done()
    office.desk.answer(identifier, Reply(Answer.YES), at(OWN))
    assert await deciding == Decision(Answer.YES, Surface.TERMINAL)


@pytest.mark.parametrize("terminal", [None, NO_TTY, OF_THE_HOST, LATE, OWN])
async def test_a_no_counts_from_anywhere(office: Office, terminal: Terminal | None) -> None:
    """It can only make things safer."""
    identifier, deciding = await office.ask_terminal(allowed={"editor"})
    office.desk.answer(identifier, Reply(Answer.NO), at(terminal))
    assert (await deciding).answer is Answer.NO


async def test_a_rule_without_the_terminal_takes_no_yes_from_one(office: Office) -> None:
    """Where the rule demands the editor, the best terminal is refused."""
    identifier, deciding = await office.ask_terminal(allowed={"editor"})
    with pytest.raises(NotThatSurface, match="wants a yes from: editor"):
        office.desk.answer(identifier, Reply(Answer.YES), at(OWN))
    deciding.cancel()


@pytest.mark.parametrize("terminal", [None, NO_TTY, OF_THE_HOST, LATE, OWN])
async def test_a_terminal_overrules_a_window_only_with_the_code_it_shows(
    office: Office, terminal: Terminal | None
) -> None:
    """The prompt's code proves that whoever types it reads the prompt; without it, no terminal."""
    deciding = office.ask()
    await office.person.shown.wait()
    (open_,) = office.desk.questions()
    assert (open_.coded, open_.code) == (True, "")
    for wrong in ("", "AAAA-AAAA"):
        with pytest.raises(CodeRefused):
            office.desk.answer(open_.id, Reply(Answer.YES), at(terminal, wrong))
    assert not deciding.done()
    typed = office.person.asked[0].code.lower().replace("-", " ")
    office.desk.answer(open_.id, Reply(Answer.YES), at(terminal, typed))
    assert await deciding == Decision(Answer.YES, Surface.TERMINAL)
    assert [surface for _, surface, _ in office.refused] == [Surface.TERMINAL] * 2


async def test_a_code_takes_three_tries(office: Office) -> None:
    """Whoever guesses ends the use of the terminal; the window still decides."""
    deciding = office.ask()
    await office.person.shown.wait()
    (open_,) = office.desk.questions()
    for _ in range(3):
        with pytest.raises(CodeRefused):
            office.desk.answer(open_.id, Reply(Answer.YES), at(OWN, "AAAA-AAAA"))
    with pytest.raises(CodeRefused, match="Too many"):
        office.desk.answer(open_.id, Reply(Answer.YES), at(OWN, office.person.asked[0].code))
    assert office.desk.coded()[0].code == ""
    office.person.says.set_result(Answer.YES)
    assert await deciding == Decision(Answer.YES, Surface.EDITOR)


async def test_the_page_answers_whatever_window_shows_the_question(office: Office) -> None:
    """It is stronger than a window's prompt, but for a rule that wants the editor alone."""
    deciding = office.ask()
    await office.person.shown.wait()
    office.desk.answer(office.desk.questions()[0].id, Reply(Answer.YES), Voice(Surface.PAGE))
    assert await deciding == Decision(Answer.YES, Surface.PAGE)
    identifier, waiting = await office.ask_terminal(allowed={"editor"})
    with pytest.raises(NotThatSurface):
        office.desk.answer(identifier, Reply(Answer.YES), Voice(Surface.PAGE))
    waiting.cancel()


async def test_only_a_surface_where_no_model_reads_is_shown_the_code(office: Office) -> None:
    """A paired editor is; an editor that is not, and an asking client, never."""
    office.desk.signs_in = True
    for kind, shown in ((Surface.EDITOR, True), (Surface.ELICITATION, False)):
        office.person.says = asyncio.get_running_loop().create_future()
        deciding = office.ask(kind=kind, session=office.editor)
        await office.person.shown.wait()
        assert bool(office.person.asked.pop().code) is shown
        office.person.shown.clear()
        deciding.cancel()
        await asyncio.gather(deciding, return_exceptions=True)


async def test_the_person_is_called_to_what_no_window_shows(office: Office) -> None:
    """The call to the person carries the code, and a failure of it costs nothing."""
    called: asyncio.Queue[Question] = asyncio.Queue()

    async def summon(questions: list[Question], asking: Session) -> bool:
        assert asking is office.agent
        called.put_nowait(questions[0])
        raise ConnectionError

    office.desk.signs_in, office.summon = True, summon
    identifier, deciding = await office.ask_terminal()
    code = (await called.get()).code
    office.desk.answer(identifier, Reply(Answer.YES), at(None, code))
    assert await deciding == Decision(Answer.YES, Surface.TERMINAL)


async def test_a_guessed_id_opens_nothing(office: Office) -> None:
    """The tag that people see is no id."""
    _, deciding = await office.ask_terminal()
    for guess in ("", office.desk.questions()[0].tag):
        with pytest.raises(NoSuchQuestion):
            office.desk.answer(guess, Reply(Answer.YES), at(OWN))
    deciding.cancel()


@pytest.mark.parametrize("broken", [Fault("no"), RuntimeError("a bug"), ConnectionError()])
async def test_a_window_that_cannot_ask_is_gone_at_once(office: Office, broken: Exception) -> None:
    """Its failure does not leave the call waiting for the deadline."""
    deciding = office.ask()
    await office.person.shown.wait()
    office.person.says.set_exception(broken)
    assert (await deciding).answer is Answer.GONE


async def test_a_window_that_left_before_it_was_asked_is_gone(office: Office) -> None:
    """Between choosing a window and asking it, it may have died."""
    office.editor.window = None
    assert (await office.ask()).answer is Answer.GONE


async def test_cancelling_withdraws_the_question_everywhere(office: Office) -> None:
    """The prompt is taken back and the list is empty."""
    deciding = office.ask()
    await office.person.shown.wait()
    deciding.cancel()
    await asyncio.gather(deciding, return_exceptions=True)
    await asyncio.sleep(0)
    assert (office.person.withdrawn, office.desk.questions()) == (True, [])


@pytest.mark.parametrize(
    ("terminal", "answer"), [(OWN, Answer.YES), (NO_TTY, Answer.NO), (LATE, Answer.NO)]
)
async def test_a_commands_own_yes_needs_the_kernels_word(
    office: Office, monkeypatch: pytest.MonkeyPatch, terminal: Terminal, answer: Answer
) -> None:
    """What `portico call` says for its person counts only at a real terminal of before the call."""
    monkeypatch.setattr("proxy.approval.showing.inspect", lambda _: terminal)
    command = Session("cli", window=office.person, can_ask=True)
    deciding = office.ask(kind=Surface.TERMINAL, session=command)
    office.person.says.set_result(Answer.YES)
    assert await deciding == Decision(answer, Surface.TERMINAL)


async def test_many_questions_are_told_apart(office: Office) -> None:
    """Each is answered by its own id, the oldest is listed first."""
    deciding = [office.ask(kind=Surface.TERMINAL) for _ in range(3)]
    await asyncio.sleep(0)
    listed = office.desk.questions()
    for number, asked in reversed(list(enumerate(listed))):
        office.desk.answer(asked.id, Reply(Answer.YES if number == 1 else Answer.NO), at(OWN))
    answers = [(await one).answer for one in deciding]
    assert answers == [Answer.NO, Answer.YES, Answer.NO]


async def test_what_a_tool_has_become_is_never_part_of_a_batch(office: Office) -> None:
    """A yes to several calls does not accept a changed tool among them."""
    shown: list[int] = []

    async def ask(batch: Batch) -> None:
        shown.append(len(batch.questions))
        for question in batch.open:
            batch.settle(question, Reply(Answer.NO))

    office.person.ask = ask  # type: ignore[method-assign]
    asked = [office.ask(), office.ask(), office.ask(difference=("name: a → b",))]
    await asyncio.gather(*asked)
    assert sorted(shown) == [1, 2]


@pytest.mark.parametrize("end", ["answered", "withdrawn", "expired"])
async def test_a_desk_without_questions_keeps_nothing(office: Office, end: str) -> None:
    """A hub lives for weeks and meets thousands of sessions; no closed window stays in it."""
    deciding = office.ask(0.05 if end == "expired" else 60.0)
    await office.person.shown.wait()
    if end == "answered":
        office.person.says.set_result(Answer.YES)
    if end == "withdrawn":
        deciding.cancel()
    await asyncio.gather(deciding, return_exceptions=True)
    for _ in range(5):  # The prompt's task ends in steps of the loop, and none of them waits.
        await asyncio.sleep(0)
    assert (office.desk.questions(), office.desk._gatherings) == ([], {})


async def test_an_editor_that_lost_its_pairing_has_no_yes_left() -> None:
    """The person took it back while the window showed a question: that is on record, and no yes."""
    office = Office(signs_in=True)
    office.editor.paired = True
    deciding = office.ask()
    await office.person.shown.wait()
    office.editor.paired = False
    office.person.says.set_result(Answer.YES)
    assert (await deciding).answer is Answer.GONE
    assert [why for _, _, why in office.refused] == ["an editor that is not paired any more"]
