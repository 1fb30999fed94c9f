"""An agent with a shell cannot approve its own call, whichever of its four doors it takes.

The doors are the command line, an editor session of its own, an elicitation that it answers itself
and `portico call`. It comes through each by every trick of `tests.process.trick`. The gateway's own
log is the witness that nothing arrived, and the audit that the attempt is on record.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from sandbox.browser import Browser, Stopped
from sandbox.company import Company
from sandbox.person import Eyes
from tests.process import rogue, trick
from tests.process.installation import LAUNCHER
from tests.process.signing import Pages, sign_in
from tests.process.window import text
from tests.promises.test_no_answer_is_no import Terminal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from sandbox.editor import Editor
    from sandbox.person import Prompt
    from tests.process.installation import Installation

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
TRICKS = [
    "plain",
    "pty",
    "setsid",
    "double-fork",
    pytest.param(
        "tmux",
        marks=pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    ),
]
every_trick = pytest.mark.parametrize("kind", TRICKS)
impatient = pytest.mark.parametrize("company", [1.5], indirect=True)
SECONDS = "[approvals]\ndeadline_seconds = {}\n"


@pytest.fixture
async def company(portico: Installation, request: pytest.FixtureRequest) -> AsyncIterator[Company]:
    """The company in a box; alice is signed in, and no editor of hers is open any more."""
    async with Company() as company:
        seconds = SECONDS.format(getattr(request, "param", 40))
        portico.configure(company.configuration() + seconds)
        async with portico.editor() as editor:
            await sign_in(editor, "alice")
        yield company


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
    async with asyncio.timeout(50):
        while not await asyncio.to_thread(path.exists):  # noqa: ASYNC110 - nobody tells us.
            await asyncio.sleep(0.05)


async def asked(portico: Installation) -> dict[str, Any]:
    """The open question, as soon as there is one."""
    while True:
        found = (await portico.run("approvals", "--json")).json["approvals"]
        if found:
            first: dict[str, Any] = found[0]
            return first


async def refusals(portico: Installation) -> list[str]:
    """The surfaces of which the audit says that their yes did not count."""
    records = (await portico.run("audit", "--limit", "200", "--json")).json["records"]
    return [r["surface"] for r in records if r["event"] == "refused-surface"]


def nothing_arrived(company: Company) -> bool:
    """Whether the gateway never saw a destructive call."""
    return "drop_table" not in [record["tool"] for record in company.witness]


@every_trick
async def test_an_agent_cannot_approve_from_the_command_line(
    portico: Installation, company: Company, tmp_path: Path, kind: str
) -> None:
    """`portico approve` of a destructive call is refused and recorded, with or without a code."""
    agent = await (await portico.window()).initialize()
    number = agent.call("presto_drop_table", table=TABLE)
    question = await asked(portico)
    assert question["surfaces"] == ["editor", "page"]
    command = [sys.executable, "-I", "-c", FORGER, question["id"]]
    process = await by(kind, portico, tmp_path / "raw", command)
    assert "surface-not-accepted" in (await told(tmp_path / "raw"))[1]
    await process.wait()
    process = await by(kind, portico, tmp_path / "own", [LAUNCHER, "approve", question["id"]])
    code, said = await told(tmp_path / "own")
    await process.wait()
    assert (code != 0, "Approved" in said) == (True, False), said
    assert "terminal" in await refusals(portico)
    assert (await portico.run("reject", question["id"])).code == 0
    assert "said no" in text(await agent.answer(number))
    assert nothing_arrived(company)


@every_trick
async def test_an_agent_cannot_approve_as_an_editor_of_its_own(
    portico: Installation, company: Company, tmp_path: Path, kind: str
) -> None:
    """A second `portico lsp`, open before the call, is shown no question and answers none."""
    ready, stop = tmp_path / "ready", tmp_path / "stop"
    command = [sys.executable, "-I", rogue.__file__, "lsp", LAUNCHER, "lsp"]
    process = await by(
        kind, portico, tmp_path / "report", command, READY=str(ready), STOP=str(stop)
    )
    await appears(ready)
    agent = await (await portico.window()).initialize()
    number = agent.call("presto_drop_table", table=TABLE)
    question = await asked(portico)
    await appears(ready.with_suffix(".tried"))
    stop.touch()
    _, said = await told(tmp_path / "report")
    await process.wait()
    assert "not-here" in said
    assert f"question {question['tag']}" not in said
    assert '"paired": true' not in said
    assert "elicitation" in await refusals(portico)
    assert (await portico.run("reject", question["id"])).code == 0
    assert "said no" in text(await agent.answer(number))
    assert nothing_arrived(company)


@impatient
@every_trick
async def test_an_agent_cannot_answer_its_own_elicitation(
    portico: Installation, company: Company, tmp_path: Path, kind: str
) -> None:
    """A second `portico mcp` that says yes to itself is not asked about a destructive call."""
    command = [sys.executable, "-I", rogue.__file__, "mcp", LAUNCHER, "mcp"]
    process = await by(kind, portico, tmp_path / "report", command, TOOL="presto_drop_table")
    _, said = await told(tmp_path / "report")
    await process.wait()
    assert "elicitation/create" not in said
    assert "[not-approved]" in said
    assert "elicitation" in await refusals(portico)
    assert nothing_arrived(company)


@impatient
@every_trick
async def test_an_agent_cannot_call_and_say_yes_at_its_own_terminal(
    portico: Installation, company: Company, tmp_path: Path, kind: str
) -> None:
    """`portico call` of a destructive tool takes no yes from where it runs."""
    command = [LAUNCHER, "call", "presto.drop_table", "--arg", f"table={TABLE}"]
    process = await by(kind, portico, tmp_path / "report", command)
    code, said = await told(tmp_path / "report")
    await process.wait()
    assert code == 4, said
    assert "terminal" in await refusals(portico)
    assert nothing_arrived(company)


@pytest.mark.parametrize(
    ("call", "reference"),
    [
        (["presto.drop_table", "--arg", f"table={TABLE}"], "surface-not-accepted"),
        (["spark.record_root_cause", "--json-args", json.dumps(CAUSE)], "code-not-accepted"),
    ],
    ids=["destructive", "writes"],
)
async def test_a_terminal_prepared_before_the_call_cannot_approve_it(
    portico: Installation, company: Company, tmp_path: Path, call: list[str], reference: str
) -> None:
    """With no AI client connected, a terminal that was there first is no person either."""
    early = await Terminal.open(portico)
    process = await by(
        "double-fork", portico, tmp_path / "call", [LAUNCHER, "call", *call], typed=""
    )
    question = await asked(portico)
    forger = [sys.executable, "-I", "-c", FORGER, question["id"]]
    said, _ = await early.process.communicate(json.dumps(forger).encode() + b"\n")
    assert reference in said.decode()
    assert (await portico.run("reject", question["id"])).code == 0
    await told(tmp_path / "call")
    await process.wait()
    assert "terminal" in await refusals(portico)
    assert not [r for r in company.witness if r["tool"] in {"drop_table", "record_root_cause"}]


@asynccontextmanager
async def at_work(portico: Installation, company: Company) -> AsyncIterator[tuple[Editor, Eyes]]:
    """Alice's own editor, signed in and paired, and what she sees in it."""
    portico.configure(company.configuration())
    async with portico.editor() as editor:
        eyes = Eyes()
        editor.on("window/showMessageRequest", eyes.show)
        await sign_in(editor, "alice")
        yield editor, eyes


async def prompt(eyes: Eyes) -> Prompt:
    """What appears in the editor next."""
    return await asyncio.wait_for(eyes.next(), 20)


@every_trick
async def test_the_person_may_approve_in_a_terminal_with_the_code(
    portico: Installation, tmp_path: Path, kind: str
) -> None:
    """Whoever types what the paired editor shows is its person, wherever the terminal is from."""
    if kind in {"plain", "setsid"}:
        pytest.skip("a person types at a terminal")
    async with Company() as company, at_work(portico, company) as (_, eyes):
        agent = await (await portico.window()).initialize()
        number = agent.call("spark_record_root_cause", **CAUSE)
        shown = await prompt(eyes)
        question = await asked(portico)
        code = shown.message.rpartition("its code is ")[2].strip()
        assert (len(code), question["coded"]) == (9, True)
        assert code not in json.dumps(question)
        approve = [LAUNCHER, "approve", question["tag"]]
        process = await by(kind, portico, tmp_path / "wrong", approve, typed="AAAA-AAAA")
        said = (await told(tmp_path / "wrong"))[1]
        assert "code-not-accepted" in said, said
        await process.wait()
        process = await by(kind, portico, tmp_path / "right", approve, typed=code.lower())
        exit_code, said = await told(tmp_path / "right")
        await process.wait()
        assert (exit_code, "Approved:" in said) == (0, True), said
        await agent.answer(number)
        assert "record_root_cause" in [record["tool"] for record in company.witness]
        assert await refusals(portico) == ["terminal"]
        assert code not in "".join(agent.lines)


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
    assert (await portico.run("reject", question["id"])).code == 0
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
            assert (await portico.run("reject", question["id"])).code == 0
            await agent.answer(number)
            assert pages.unread == 0
