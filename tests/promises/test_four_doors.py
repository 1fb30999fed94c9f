"""An agent with a shell cannot approve its own call, whichever of its four doors it takes.

The doors are the command line, an editor session of its own, an elicitation that it answers itself
and `portico call`. It comes through each by every trick of `tests.process.trick`, all of them at
once. The gateway's own log is the witness that nothing arrived, and the audit that the attempt is
on record. All tests here share one company and one hub, in which alice is signed in.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
import pytest_asyncio

from sandbox.browser import Browser, Stopped
from sandbox.company import Company
from sandbox.person import Eyes
from tests.process import rogue, trick
from tests.process.installation import LAUNCHER, Installation
from tests.process.signing import Pages, sign_in
from tests.process.window import text
from tests.promises.test_no_answer_is_no import Terminal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Sequence
    from pathlib import Path

    from sandbox.person import Prompt

TABLE = "dev_alice.scratch"
CAUSE = {"application": "application_1", "cause": "skew"}
FORGER = (
    "import sys\n"
    "from ide_protocol.own import contract\n"
    "from ide_protocol.command_line.conversation import Refusal, conversation\n"
    "said = {'id': sys.argv[1], 'answer': 'yes', 'code': 'AAAA-AAAA'}\n"
    "with conversation() as hub:\n"
    "    try: hub.request(contract.ANSWER, said, doing='')\n"
    "    except Refusal as no: print(no.report['reference'])\n"
)
"""Speaks to the hub itself, without our command line."""
TRICKS = ["plain", "pty", "setsid", "double-fork", *(["tmux"] if shutil.which("tmux") else [])]
TYPING = [kind for kind in TRICKS if kind not in {"plain", "setsid"}]
"""Those at whose terminal somebody can type."""

# Programs by the dozen start here; the limit is for one that hangs, and not for a busy machine.
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


class Office:
    """A company and alice's installation of Portico; she is signed in, and no editor is open."""

    def __init__(self, company: Company, portico: Installation) -> None:
        self.company = company
        self.portico = portico


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One for all tests."""
    portico = Installation(tmp_path_factory.mktemp("office"))
    async with Company() as company:
        portico.configure(f"{company.configuration()}[approvals]\ndeadline_seconds = 240\n")
        async with portico.editor() as editor:
            await sign_in(editor, "alice")
        yield Office(company, portico)
        await portico.close()


@pytest_asyncio.fixture(loop_scope="module")
async def portico(office: Office) -> AsyncIterator[Installation]:
    """Alice's installation, with no window open before and after."""
    yield office.portico
    await office.portico.shut()


@pytest.fixture
def company(office: Office) -> Company:
    """The company, whose gateway has seen nothing yet."""
    office.company.witness.clear()
    return office.company


async def by(
    kind: str,
    portico: Installation,
    report: Path,
    command: Sequence[str],
    typed: str = "y",
    **env: str,
) -> asyncio.subprocess.Process:
    """Start a command by a trick; `told` reads its report."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", trick.__file__, kind, str(report), typed, *command),
        stdin=asyncio.subprocess.DEVNULL,
        env={**portico.environment, **env},
        cwd=portico.project,
    )


async def told(report: Path) -> tuple[int, str]:
    """Exit code and output, once the command has ended, whoever it belongs to by now."""
    await appears(report)
    found = json.loads(await asyncio.to_thread(report.read_text, "utf-8"))
    return found["code"], found["said"]


async def appears(path: Path) -> None:
    """Wait for a file that a process writes which is no child of ours."""
    async with asyncio.timeout(200):
        while not await asyncio.to_thread(path.exists):  # noqa: ASYNC110 - nobody tells us.
            await asyncio.sleep(0.05)


async def every(
    portico: Installation,
    folder: Path,
    command: Sequence[str],
    kinds: Sequence[str] = TRICKS,
    typed: str = "y",
    **env: str,
) -> dict[str, tuple[int, str]]:
    """Run a command by these tricks at the same time; exit code and output of each."""
    await asyncio.to_thread(folder.mkdir)
    started = [await by(kind, portico, folder / kind, command, typed, **env) for kind in kinds]
    reports = await asyncio.gather(*(told(folder / kind) for kind in kinds))
    for process in started:
        await process.wait()
    return dict(zip(kinds, reports, strict=True))


async def asked(portico: Installation) -> dict[str, Any]:
    """The open question, as soon as there is one."""
    while not (found := await waiting(portico)):
        pass
    (question,) = found
    return question


async def waiting(portico: Installation) -> list[dict[str, Any]]:
    """The open questions."""
    found: list[dict[str, Any]] = (await portico.run("approvals", "--json")).json["approvals"]
    return found


async def reject(portico: Installation, question: dict[str, Any]) -> None:
    """Say no."""
    assert (await portico.run("reject", question["id"])).code == 0


async def in_vain(
    portico: Installation, trying: Coroutine[Any, Any, dict[str, tuple[int, str]]]
) -> dict[str, tuple[int, str]]:
    """What became of these attempts when a person says no to each question that is open."""
    attempts = asyncio.ensure_future(trying)
    while not attempts.done():
        for question in await waiting(portico):
            # An attempt that gave up since it was listed has taken its question with it.
            ended = await portico.run("reject", question["id"])
            assert ended.code == 0 or "no-such-question" in ended.errors
    return await attempts


Refused = Callable[[], Awaitable[list[str]]]


@pytest.fixture
def refused(portico: Installation) -> Refused:
    """The surfaces of which the audit says that their yes did not count in this test."""
    begun = time.time()

    async def surfaces() -> list[str]:
        records = (await portico.run("audit", "--limit", "200", "--json")).json["records"]
        mine = [r for r in records if r["event"] == "refused-surface" and r["at"] >= begun]
        return [record["surface"] for record in mine]

    return surfaces


def nothing_arrived(company: Company) -> bool:
    """Whether the gateway never saw a destructive call."""
    return "drop_table" not in [record["tool"] for record in company.witness]


async def test_an_agent_cannot_approve_from_the_command_line(
    portico: Installation, company: Company, tmp_path: Path, refused: Refused
) -> None:
    """`portico approve` of a destructive call is refused and recorded, with or without a code."""
    agent = await (await portico.window()).initialize()
    number = agent.call("presto_drop_table", table=TABLE)
    question = await asked(portico)
    assert question["surfaces"] == ["editor", "page"]
    forger = [sys.executable, "-I", "-c", FORGER, question["id"]]
    for _, said in (await every(portico, tmp_path / "raw", forger)).values():
        assert "surface-not-accepted" in said
    approve = [LAUNCHER, "approve", question["id"]]
    for code, said in (await every(portico, tmp_path / "own", approve)).values():
        assert (code != 0, "Approved" in said) == (True, False), said
    assert (await refused()).count("terminal") >= len(TRICKS)
    await reject(portico, question)
    assert "said no" in text(await agent.answer(number))
    assert nothing_arrived(company)


async def test_an_agent_cannot_approve_as_an_editor_of_its_own(
    portico: Installation, company: Company, tmp_path: Path, refused: Refused
) -> None:
    """A second `portico lsp`, open before the call, is shown no question and answers none."""
    stop = tmp_path / "stop"
    command = [sys.executable, "-I", rogue.__file__, "lsp", LAUNCHER, "lsp"]
    processes = [
        await by(
            *(kind, portico, tmp_path / kind, command),
            READY=str(tmp_path / f"ready-{kind}"),
            STOP=str(stop),
        )
        for kind in TRICKS
    ]
    for kind in TRICKS:
        await appears(tmp_path / f"ready-{kind}")
    agent = await (await portico.window()).initialize()
    number = agent.call("presto_drop_table", table=TABLE)
    question = await asked(portico)
    for kind in TRICKS:
        await appears(tmp_path / f"ready-{kind}.tried")
    stop.touch()
    for kind, process in zip(TRICKS, processes, strict=True):
        _, said = await told(tmp_path / kind)
        await process.wait()
        assert "not-here" in said
        assert f"question {question['tag']}" not in said
        assert '"paired": true' not in said
    assert "elicitation" in await refused()
    await reject(portico, question)
    assert "said no" in text(await agent.answer(number))
    assert nothing_arrived(company)


async def test_an_agent_cannot_answer_its_own_elicitation(
    portico: Installation, company: Company, tmp_path: Path, refused: Refused
) -> None:
    """A second `portico mcp` that says yes to itself is not asked about a destructive call."""
    command = [sys.executable, "-I", rogue.__file__, "mcp", LAUNCHER, "mcp"]
    trying = every(portico, tmp_path / "tried", command, TOOL="presto_drop_table")
    for _, said in (await in_vain(portico, trying)).values():
        assert "elicitation/create" not in said
        assert "said no" in said
    assert (await refused()).count("elicitation") >= len(TRICKS)
    assert nothing_arrived(company)


async def test_an_agent_cannot_call_and_say_yes_at_its_own_terminal(
    portico: Installation, company: Company, tmp_path: Path, refused: Refused
) -> None:
    """`portico call` of a destructive tool takes no yes from where it runs."""
    command = [LAUNCHER, "call", "presto.drop_table", "--arg", f"table={TABLE}"]
    trying = every(portico, tmp_path / "tried", command)
    for code, said in (await in_vain(portico, trying)).values():
        assert code == 4, said
    assert (await refused()).count("terminal") >= len(TRICKS)
    assert nothing_arrived(company)


async def test_a_terminal_prepared_before_the_call_cannot_approve_it(
    portico: Installation, company: Company, tmp_path: Path, refused: Refused
) -> None:
    """With no AI client connected, a terminal that was there first is no person either."""
    drop = ["presto.drop_table", "--arg", f"table={TABLE}"]
    record = ["spark.record_root_cause", "--json-args", json.dumps(CAUSE)]
    for call, reference in ((drop, "surface-not-accepted"), (record, "code-not-accepted")):
        early = await Terminal.open(portico)
        report, command = tmp_path / reference, [LAUNCHER, "call", *call]
        process = await by("double-fork", portico, report, command, typed="")
        question = await asked(portico)
        forger = [sys.executable, "-I", "-c", FORGER, question["id"]]
        said, _ = await early.process.communicate(json.dumps(forger).encode() + b"\n")
        assert reference in said.decode()
        await reject(portico, question)
        await told(report)
        await process.wait()
    assert (await refused()).count("terminal") >= 2
    assert not [r for r in company.witness if r["tool"] in {"drop_table", "record_root_cause"}]


async def prompt(eyes: Eyes) -> Prompt:
    """What appears in the editor next."""
    return await asyncio.wait_for(eyes.next(), 120)


async def test_the_person_may_approve_in_a_terminal_with_the_code(
    portico: Installation, company: Company, tmp_path: Path, refused: Refused
) -> None:
    """Whoever types what the paired editor shows is its person, wherever the terminal is from."""
    async with portico.editor() as editor:
        eyes = Eyes()
        editor.on("window/showMessageRequest", eyes.show)
        await sign_in(editor, "alice")
        agent = await (await portico.window()).initialize()
        for kind in TYPING:
            number = agent.call("spark_record_root_cause", **CAUSE)
            shown = await prompt(eyes)
            question = await asked(portico)
            code = shown.message.rpartition("its code is ")[2].strip()
            assert (len(code), question["coded"]) == (9, True)
            assert code not in json.dumps(question)
            approve = [LAUNCHER, "approve", question["tag"]]
            wrong = await every(portico, tmp_path / f"wrong-{kind}", approve, [kind], "AAAA-AAAA")
            assert "code-not-accepted" in wrong[kind][1], wrong
            right = await every(portico, tmp_path / f"right-{kind}", approve, [kind], code.lower())
            exit_code, said = right[kind]
            assert (exit_code, "Approved:" in said) == (0, True), said
            await agent.answer(number)
            assert code not in "".join(agent.lines)
    arrived = [record["tool"] for record in company.witness]
    assert arrived.count("record_root_cause") == len(TYPING)
    assert await refused() == ["terminal"] * len(TYPING)


async def test_the_person_may_answer_on_the_page(portico: Installation, company: Company) -> None:
    """Her browser comes back from the sign-on as she, sees the call in full, and decides."""
    agent = await (await portico.window()).initialize()
    for answer, end in (("no", "said no"), ("yes", "dropped")):
        number = agent.call("presto_drop_table", table=TABLE)
        await asked(portico)
        opened = (await portico.run("approvals", "--open", "--json")).json["url"]
        async with Browser.start("alice") as browser:
            await browser.open(opened)
            assert all(part in browser.words for part in ("drop_table", TABLE, "data-platform"))
            form = next(form for form in browser.forms if answer in form.buttons)
            await browser.press(form, answer, form.buttons[answer][0])
            assert "Nothing waits for your yes" in browser.words
            with pytest.raises(Stopped, match="410"):
                await browser.press(form, answer, form.buttons[answer][0])
        assert end in text(await agent.answer(number))
    assert [r["tool"] for r in company.witness].count("drop_table") == 1
    assert "127.0.0.1" not in "".join(agent.lines)


async def test_the_page_shows_nothing_to_a_shell_or_to_somebody_else(
    portico: Installation, company: Company
) -> None:
    """Without the browser's session a program gets to the sign-on; another person gets no page."""
    agent = await (await portico.window()).initialize()
    number = agent.call("presto_drop_table", table=TABLE)
    question = await asked(portico)
    opened = (await portico.run("approvals", "--open", "--json")).json["url"]
    async with httpx2.AsyncClient(trust_env=False) as shell:
        away = await shell.get(opened)
        assert (away.status_code, away.text) == (303, "")
        assert away.headers["location"].startswith(company.issuer)
        nobody = await shell.get(f"{away.headers['location']}&prompt=none", follow_redirects=True)
        assert (nobody.status_code, TABLE in nobody.text) == (403, False)
        for fields in ({}, {"page": "guessed"}):
            sent = await shell.post(opened, data={"yes": question["id"], **fields})
            assert sent.status_code == 410
        evil = await shell.get(opened, headers={"host": "evil.example"})
        assert (evil.status_code, "location" in evil.headers) == (403, False)
    async with Browser.start("bob") as browser:
        with pytest.raises(Stopped, match="somebody else"):
            await browser.open(opened)
        assert TABLE not in browser.text
    async with Browser.start("alice") as browser:
        await browser.open(opened)
        form = next(form for form in browser.forms if "yes" in form.buttons)
        fields = {**form.hidden, "yes": question["id"]}
        async with httpx2.AsyncClient(trust_env=False) as site:
            for origin in ("http://evil.example", "null"):
                sent = await site.post(opened, data=fields, headers={"origin": origin})
                assert sent.status_code in {403, 410}
    await reject(portico, question)
    assert "said no" in text(await agent.answer(number))
    assert nothing_arrived(company)


@pytest.mark.usefixtures("company")
async def test_an_editor_opens_the_page_only_when_its_person_presses_the_button(
    portico: Installation,
) -> None:
    """An editor that is not paired offers the page; what is pressed there is what happens."""
    async with portico.editor() as editor:
        eyes, pages = Eyes(), Pages(editor)
        editor.on("window/showMessageRequest", eyes.show)
        await editor.request("portico/status", {})
        agent = await (await portico.window()).initialize()
        for title, opened in (("Not now", 0), ("Open Portico's page", 1)):
            number = agent.call("presto_drop_table", table=TABLE)
            offer = await prompt(eyes)
            assert offer.actions == ["Not now", "Open Portico's page"]
            offer.press(title)
            question = await asked(portico)
            if opened:
                assert (await pages.next()).startswith("http://127.0.0.1:")
            await reject(portico, question)
            await agent.answer(number)
            assert pages.unread == 0
