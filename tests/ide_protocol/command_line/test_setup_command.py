"""`portico setup`: a company is joined, its changes are looked at, and nobody else's is taken."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from auth import vault_key
from auth.network import Network
from ide_protocol.command_line import main, person
from ide_protocol.command_line.exit_code import ExitCode
from proxy.home import Home
from proxy.offline import Switch
from sandbox.setup import PATH, Setup
from tests.auth.issuer_double import KeyringDouble
from tests.listening import listening
from tests.unbroken import unbroken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.ide_protocol.command_line.conftest import Printed

COMPANY = """
[company]
name = "Example Corp"
issuer = "https://sso.corp.example"
client_id = "portico"
registry = "https://registry.corp.example"
governance_key = "com.example.corp/governance"
token_origins = ["https://mcp.corp.example"]
"""


class Corp:
    """A company that serves its set-up."""

    def __init__(self) -> None:
        self.setup = Setup(lambda: COMPANY, 7, None)
        self.url = ""


@pytest.fixture
async def corp() -> AsyncIterator[Corp]:
    """It, running."""
    made = Corp()
    async with listening(made.setup.application) as url:
        made.url = url + PATH
        yield made


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> KeyringDouble:
    """The keyring of whoever runs a command."""
    double = KeyringDouble()
    monkeypatch.setattr(vault_key, "choose", lambda: double)
    return double


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of its own."""
    monkeypatch.setenv("PORTICO_HOME", str(tmp_path))
    return Home.find()


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A person at the terminal, who types a line."""

    def typed(line: str) -> None:
        monkeypatch.setattr(person, "present", lambda: True)
        monkeypatch.setattr(person, "forget_typed", lambda: None)
        monkeypatch.setattr("sys.stdin", io.StringIO(line + "\n"))

    return typed


async def _run(*words: str) -> int:
    return await asyncio.to_thread(main, ["setup", *words])


async def test_a_person_joins_after_seeing_what_it_means(
    corp: Corp,
    home: Home,
    keyring: KeyringDouble,
    types: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The screen names key, registry and origins; a yes or the fingerprint itself is a yes."""
    types("no")
    assert await _run(corp.url) == ExitCode.DENIED
    screen = capsys.readouterr().err
    for told in (corp.setup.fingerprint, "https://registry.corp.example", "where you sign in"):
        assert told in screen
    assert keyring.kept == {}
    types(corp.setup.fingerprint)
    assert await _run(corp.url) == ExitCode.OK
    assert "set up for Example Corp" in capsys.readouterr().out
    assert await _run("show") == ExitCode.OK
    shown = capsys.readouterr().out
    assert corp.setup.fingerprint in shown
    assert "noted in this machine's keyring" in shown
    assert home.keyring_service in {service for service, _ in keyring.kept}


@pytest.mark.usefixtures("home", "keyring")
async def test_nobody_joins_unseen(corp: Corp, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal a script has to name the fingerprint, and it has to be the right one."""
    assert await _run(corp.url) == ExitCode.PERSON
    assert "setup-unseen" in capsys.readouterr().err
    assert await _run(corp.url, "--yes") == ExitCode.USAGE
    assert await _run(corp.url, "--yes", "--fingerprint", "SHA256:other") == ExitCode.FAILED
    assert "setup-not-theirs" in capsys.readouterr().err
    assert await _run(corp.url, "--yes", "--fingerprint", corp.setup.fingerprint) == ExitCode.OK


@pytest.mark.usefixtures("keyring")
async def test_offline_no_set_up_is_fetched(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """The command is a process of its own, and the person's word holds for it, too."""
    Switch(f"{home.state}/offline", Network(), "").turn(offline=True)
    assert await _run("https://portico.corp.example/setup") != ExitCode.OK
    assert unbroken("Portico is offline") in unbroken(capsys.readouterr().err)


@pytest.mark.usefixtures("home", "keyring")
async def test_a_machine_that_belongs_to_a_company_is_given_to_no_other(
    corp: Corp, home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """An agent that names its own key joins nothing, also after it has removed the file."""
    theirs = corp.setup.fingerprint
    assert await _run(corp.url, "--yes", "--fingerprint", theirs) == ExitCode.OK
    corp.setup.rotate()
    evil = corp.setup.fingerprint
    for remove in (False, True):
        if remove:
            await asyncio.to_thread(Path(f"{home.state}/setup").unlink)
        assert await _run(corp.url, "--yes", "--fingerprint", evil) == ExitCode.FAILED
        assert unbroken(f"belongs to {theirs}") in unbroken(capsys.readouterr().err)


@pytest.mark.usefixtures("home", "keyring")
async def test_review_shows_what_changed_and_lets_it_count(
    corp: Corp, types: Callable[[str], None], capsys: pytest.CaptureFixture[str], printed: Printed
) -> None:
    """Nothing counts before the answer; an older number is refused."""
    assert await _run(corp.url, "--yes", "--fingerprint", corp.setup.fingerprint) == ExitCode.OK
    corp.setup.more = '[policy.rules.no-drops]\nverdict = "deny"\ntools = ["drop_*"]\n'
    corp.setup.serial = 8
    capsys.readouterr()
    types("n")
    assert await _run("review") == ExitCode.DENIED
    screen = capsys.readouterr().err
    assert "8, after 7" in screen
    assert '+ {"tools": ["drop_*"], "verdict": "deny"}' in screen
    assert await _run("show", "--json") == ExitCode.OK
    assert printed()["serial"] == 7
    types("y")
    assert await _run("review") == ExitCode.OK
    capsys.readouterr()
    assert await _run("show", "--json") == ExitCode.OK
    assert printed()["serial"] == 8
    corp.setup.serial = 6
    assert await _run("review") == ExitCode.FAILED
    assert "setup-rolled-back" in capsys.readouterr().err


@pytest.mark.usefixtures("keyring")
async def test_what_portico_toml_says_against_it_is_told_before_anybody_is_asked(
    corp: Corp, home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And `config check` and the doctor's first look know of the set-up afterwards."""
    file = tmp_path / "portico.toml"
    evil = '[company]\nregistry = "https://evil.example"\n'
    await asyncio.to_thread(file.write_text, evil)
    yes = ("--yes", "--fingerprint", corp.setup.fingerprint)
    assert await _run(corp.url, *yes) == ExitCode.CONFIGURATION
    assert "company.registry" in capsys.readouterr().err
    await asyncio.to_thread(file.unlink)
    assert await _run(corp.url, *yes) == ExitCode.OK
    await asyncio.to_thread(file.write_text, evil)
    assert await asyncio.to_thread(main, ["config", "check"]) == ExitCode.CONFIGURATION
    assert unbroken(home.file) in unbroken(capsys.readouterr().err)
