"""A trial: one server, met and called in either era, and what is handed in of it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from auth.network import Network
from proxy.configuration import load
from proxy.policy.offering import EVERY_TOOL
from proxy.program import Program
from proxy.registry.entry import read, trim
from proxy.registry.submission import envelope, notes, section
from proxy.trial.files import Files, of_command
from proxy.trial.target import Target, named_after
from proxy.trial.trial import Trial
from proxy.upstream.era import Era
from proxy.upstream.fault import UpstreamUnreachable
from proxy.upstream.process import UpstreamNotStarted
from sandbox.servers.presto import presto
from tests.sandbox.loopback import served

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[3]
ASKING = Program((sys.executable, "-m", "tests.proxy.trial.asking_server"), {}, str(ROOT))
KEY = "com.example/governance"


class Watcher:
    """A tap that keeps what passes."""

    def __init__(self) -> None:
        self.out: list[bytes] = []
        self.back: list[bytes] = []
        self.complaints: list[str] = []

    def sent(self, what: bytes) -> None:
        """Keep it."""
        self.out.append(what)

    def received(self, what: bytes) -> None:
        """Keep it."""
        self.back.append(what)

    def complained(self, line: str) -> None:
        """Keep it."""
        self.complaints.append(line)


class Painter:
    """A relay that answers every question with blue."""

    capabilities: Mapping[str, Any] = {"elicitation": {"form": {}}}

    def __init__(self, era: Era) -> None:
        self.era = era
        self.asked: list[str] = []

    def notify(self, message: dict[str, Any]) -> None:
        """News is not what this is about."""

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Blue."""
        assert method == "elicitation/create"
        self.asked.append(params["message"])
        return {"action": "accept", "content": {"colour": "blue"}}


@pytest.mark.parametrize("era", [Era.MODERN, Era.LEGACY])
async def test_a_call_answers_what_the_server_asks_in_either_era(era: Era) -> None:
    """A modern server returns its question and a legacy one sends it; both get their answer."""
    watcher, painter = Watcher(), Painter(era)
    trial = Trial(Target("asking", program=ASKING, era=era), watcher)
    try:
        met = await trial.meet()
        assert met.terms.era is era
        assert met.terms.instructions == "Ask for a colour."
        assert list(met.named) == ["paint"]
        answer = await trial.call("paint", {"wall": "north"}, painter)
    finally:
        await trial.aclose()
    assert answer["result"]["content"][0]["text"] == "north in blue"
    assert painter.asked == ["Which colour?"]
    methods = [json.loads(line)["method"] for line in watcher.out if b'"method"' in line]
    begins = "server/discover" if era is Era.MODERN else "initialize"
    assert methods[0] == begins
    assert methods[-1] == "tools/call"
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in watcher.back)


@pytest.mark.parametrize("era", [Era.MODERN, Era.LEGACY])
async def test_a_url_is_tried_with_everything_that_passes(era: Era) -> None:
    """Heads, bodies and events of both sides are seen, and no token is among them."""
    watcher, network = Watcher(), Network()
    async with served(presto().application()) as url:
        trial = Trial(Target("presto", url=url, network=network, era=era), watcher)
        try:
            met = await trial.meet()
            answer = await trial.call("run_query", {"query": "SELECT 7 AS n"}, Painter(era))
        finally:
            await trial.aclose()
            await network.aclose()
    assert met.terms.era is era
    assert answer["result"]["structuredContent"]["rows"] == [[7]]
    out, back = b"\n".join(watcher.out), b"\n".join(watcher.back)
    assert out.startswith(b"POST /mcp\n")
    assert b"SELECT 7 AS n" in out
    assert b"HTTP 200" in back
    assert b'"rows":[[7]]' in back.replace(b" ", b"")
    assert b"authorization" not in out.lower()


async def test_nothing_of_a_trial_is_on_disk(tmp_path: Path, monkeypatch: Any) -> None:  # noqa: ANN401 - pytest's.
    """What a server spoke is forgotten with it."""
    monkeypatch.setenv("PORTICO_HOME", str(tmp_path))
    trial = Trial(Target("asking", program=ASKING), Watcher())
    await trial.meet()
    await trial.begin_anew()
    await trial.aclose()
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - no loop is held up by it.


async def test_a_server_that_does_not_start_says_what_to_correct() -> None:
    """The remedy is its author's, and not that of somebody who wrote portico.toml."""
    watcher = Watcher()
    program = Program((sys.executable, "-c", "import nothing_of_that_name"))
    with pytest.raises(UpstreamNotStarted) as failed:
        await Trial(Target("mine", program=program), watcher).meet()
    assert failed.value.remedy.startswith("Correct the command;")
    assert any("nothing_of_that_name" in line for line in watcher.complaints)


async def test_an_address_at_which_nobody_is_says_so() -> None:
    """Where nobody listens, the server has to be started."""
    network = Network()
    trial = Trial(Target("mine", url="http://127.0.0.1:1/mcp", network=network), Watcher())
    with pytest.raises(UpstreamUnreachable) as failed:
        await trial.meet()
    assert failed.value.remedy == "Start the server, or correct its address."
    await trial.aclose()
    await network.aclose()


def test_files_are_told_of_once_when_they_change(tmp_path: Path) -> None:
    """Written, made and removed; what others wrote in its folder is not looked at."""
    program, library = tmp_path / "server.py", tmp_path / "parts" / "rows.py"
    library.parent.mkdir()
    (tmp_path / "node_modules").mkdir()
    for file in (program, library):
        file.write_text("1")
    files = Files(of_command(("python", "server.py", "--fast"), tmp_path))
    assert files.changed() == ()
    os.utime(program, ns=(1, 1))
    assert files.changed() == (str(program),)
    assert files.changed() == ()
    library.unlink()
    (tmp_path / "new.py").write_text("1")
    (tmp_path / "rows.sqlite").write_text("1")
    (tmp_path / "node_modules" / "other.js").write_text("1")
    assert files.changed() == (str(tmp_path / "new.py"), str(library))


def test_a_command_that_names_no_file_is_watched_by_its_folder(tmp_path: Path) -> None:
    """`python -m server` says nowhere where its files are, but it runs there."""
    assert of_command((sys.executable, "-m", "server"), tmp_path) == [tmp_path]


def test_a_home_full_of_folders_is_not_walked_to_its_end(tmp_path: Path) -> None:
    """Who tries a server from there waits no longer for that."""
    for number in range(600):
        (tmp_path / f"{number:03}").mkdir()
    early, late = tmp_path / "000" / "a.py", tmp_path / "599" / "a.py"
    files = Files([tmp_path])
    early.write_text("1")
    late.write_text("1")
    assert files.changed() == (str(early),)


@pytest.mark.parametrize(
    ("words", "short"),
    [
        (("python", "server.py"), "server"),
        (("python3.12", "-u", "src/Notes_Server.py"), "notes-server"),
        (("python", "-m", "weather.server"), "weather"),
        (("npx", "-y", "@corp/mcp-notes"), "mcp-notes"),
        (("uv", "run", "clock"), "clock"),
        (("/opt/clock/bin/mcp-server-time",), "mcp-server-time"),
        (("http://127.0.0.1:8000/mcp",), "server"),
        (("https://mcp.corp.example/presto/mcp",), "presto"),
    ],
)
def test_a_short_name_comes_from_what_is_tried(words: tuple[str, ...], short: str) -> None:
    """The file, the module, the package or the path."""
    assert named_after(words) == short


async def test_what_is_handed_in_is_an_entry_with_a_draft_that_waits_for_its_reviews() -> None:
    """The registry's reader takes it, the schema takes its governance, and nothing is approved."""
    trial = Trial(Target("asking", program=ASKING), Watcher())
    met = await trial.meet()
    await trial.aclose()
    made = envelope("asking", "", met.terms.server_info, met.tools)
    trimmed = trim(made, KEY)
    assert trimmed is not None
    entry = read(trimmed, KEY)
    assert (entry.name, entry.version) == ("com.example/asking", "1.2.3")
    assert entry.remotes == ("https://mcp.example.com/asking/mcp",)
    schema = json.loads((ROOT / "docs/governance.schema.json").read_text())
    jsonschema.validate(made["_meta"][KEY], schema)
    assert set(made["_meta"][KEY]["tools"]) == {"paint", EVERY_TOOL}
    assert {one["state"] for one in made["_meta"][KEY]["reviews"].values()} == {"pending"}
    assert any("where it will run" in one for one in notes(made, program=True))


def test_the_section_for_portico_toml_is_one_that_portico_takes(tmp_path: Path) -> None:
    """With its folder and its variables; a secret among them is not written down."""
    program = Program(("python", 'a "b".py'), {"MODE": "x", "API_KEY": "s3cr3tvalue99"}, "/srv")
    text = section("mine", "", program) + "\n" + section("far", "https://a.example/mcp", None)
    assert "s3cr3tvalue99" not in text
    file = tmp_path / "portico.toml"
    file.write_text(text)
    servers = load(str(file)).servers
    assert servers["mine"].program is not None
    assert servers["mine"].program.command == program.command
    assert servers["mine"].program.folder == "/srv"
    assert servers["mine"].program.environment["API_KEY"] == "keyring:mine/API_KEY"
    assert servers["far"].url == "https://a.example/mcp"
