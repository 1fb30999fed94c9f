"""`portico servers import` and `portico secrets`: what people are told, and what never leaves."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.command_line import main
from ide_protocol.command_line.exit_code import ExitCode
from ide_protocol.own import contract

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.ide_protocol.command_line.conftest import FakeHub

    Printed = Callable[[], dict[str, Any]]


def became(name: str, fate: Any, **more: Any) -> contract.TakenOver:  # noqa: ANN401
    """What became of one server."""
    empty: Any = {"server": "", "reason": "", "toml": "", "secrets": [], "missing": []}
    return {"name": name, "fate": fate, **empty, **more}  # type: ignore[typeddict-item]


SERVERS = [
    became(
        "clock",
        "taken",
        server="clock",
        toml='\n[servers.clock]\ncommand = ["/usr/bin/uvx"]\n',
        secrets=["clock/KEY"],
        missing=["clock/OTHER"],
    ),
    became("data", "approved", server="presto"),
    became("web", "left", reason="Example Corp has not approved it."),
]


@pytest.fixture
def file(tmp_path: Path, hub: FakeHub) -> str:
    """A host's file, whose servers the hub takes over."""
    hub.answers[contract.TAKE_OVER] = {"file": f"{tmp_path}/portico.toml", "servers": SERVERS}
    path = tmp_path / "mcp.json"
    path.write_text('{"mcpServers": {}}', encoding="utf-8")
    return str(path)


def test_people_are_told_what_became_of_each_server(
    file: str, hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line each, and what is left for them to do."""
    assert main(["servers", "import", file]) == ExitCode.OK
    told = capsys.readouterr()
    clock, data, web = told.out.splitlines()
    assert clock.endswith("portico.toml as clock, 1 secret sealed")
    assert data == "data   is behind Portico already, as presto"
    assert web == "web    stays where it is: Example Corp has not approved it."
    assert "portico secrets set clock/OTHER" in told.err
    assert f"Take clock, data out of {file}" in told.err
    assert "`portico install` has the host start Portico instead." in told.err
    assert hub.said(contract.TAKE_OVER)["dry"] is False


def test_a_dry_run_shows_what_would_be_written(
    file: str, hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """And asks the hub for no more than that."""
    assert main(["servers", "import", file, "--dry-run"]) == ExitCode.OK
    assert '[servers.clock]\ncommand = ["/usr/bin/uvx"]' in capsys.readouterr().out
    assert hub.said(contract.TAKE_OVER)["dry"] is True


def test_json_is_the_hubs_answer(file: str, printed: Printed) -> None:
    """For scripts."""
    assert main(["servers", "import", file, "--json"]) == ExitCode.OK
    assert printed()["servers"] == SERVERS


def test_a_file_that_is_no_text_starts_nothing(tmp_path: Path) -> None:
    """Neither does one that is not there."""
    path = tmp_path / "mcp.json"
    path.write_bytes(b"\xff\xfe")
    assert main(["servers", "import", str(path)]) == ExitCode.USAGE
    assert main(["servers", "import", str(tmp_path / "none.json")]) == ExitCode.USAGE


def test_servers_without_a_word_behind_it_lists_them(hub: FakeHub, printed: Printed) -> None:
    """As it always did."""
    assert main(["servers", "--json"]) == ExitCode.OK
    assert printed() == hub.answers[contract.SERVERS]


def test_a_secret_is_piped_in_and_never_printed(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is no word of the command line, where others could read it."""
    hub.answers[contract.KEEP_SECRET] = {}
    monkeypatch.setattr(sys, "stdin", io.StringIO("geheim\n"))
    monkeypatch.setattr("os.isatty", lambda _: False)
    assert main(["secrets", "set", "box/KEY"]) == ExitCode.OK
    assert hub.said(contract.KEEP_SECRET) == {"name": "box/KEY", "value": "geheim"}
    told = capsys.readouterr()
    assert "geheim" not in told.out + told.err
    assert '"keyring:box/KEY"' in told.out


def test_secrets_are_listed_and_forgotten_by_name(
    hub: FakeHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """Forgetting one that is not there fails."""
    hub.answers[contract.SECRETS] = {"names": ["a/B"]}
    hub.answers[contract.FORGET_SECRET] = {"forgotten": False}
    assert main(["secrets", "list"]) == ExitCode.OK
    assert capsys.readouterr().out == "a/B\n"
    assert main(["secrets", "forget", "x"]) == ExitCode.FAILED
