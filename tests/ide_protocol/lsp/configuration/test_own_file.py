"""What the editor says of portico.toml."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ide_protocol.lsp.configuration.knowledge import Knowledge
from proxy.configuration.vocabulary import KEYS
from tests.ide_protocol.lsp.configuration.conftest import Around, Editor

OWN = "file:///people/ann/.config/portico/portico.toml"
PAGE = Path(__file__).parents[4] / "docs" / "configuration.md"
[EXAMPLE] = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_example_of_the_page_has_nothing_wrong() -> None:
    """Whoever copies it sees no underlining, where nothing is known to be missing."""
    assert Editor(Around(Knowledge())).findings(OWN, EXAMPLE) == []


@pytest.mark.parametrize(
    ("text", "marked", "says"),
    [
        ("[hub]\nidle_minuts = 5\n", "idle_minuts", 'did you mean "idle_minutes"?'),
        ('[hub]\nidle_minutes = "5"\n', '"5"', "must be a number"),
        ("[hub]\nidle_minutes = 0\n", "0", "must be above 0"),
        ('[servers.a]\nrisk = "red"\nurl = "https://x.example"', '"red"', "is not one of"),
        ("[servers.a]\n", "a", "is missing"),
        ('[servers.UPPER]\nurl = "https://x.example"', "UPPER", "is not a server's name"),
        (
            '[company]\nissuer = "http://x.y"\nclient_id = "p"',
            '"http://x.y"',
            "must start with https://",
        ),
        ('[profiles.x]\nservers = ["a", 3]\nworkspaces = []', "3", "must hold only strings"),
        ("[hub\n", "[hub", "is not TOML"),
        ("x = = 1", "x = = 1", "is not TOML"),
        ("[hub]\nidle_minutes = 5\n[hub]\n", "[hub]", "stands in the file twice"),
    ],
)
def test_what_portico_refuses_is_said_where_it_stands(
    editor: Editor, text: str, marked: str, says: str
) -> None:
    """In the words of Portico's own reader, so that nobody hears two."""
    [found] = [one for one in editor.findings(OWN, text) if says in one["message"]]
    assert found["severity"] == 1
    assert marked in [shown for _, shown in editor.marks(OWN, text)]


def test_a_secret_is_called_one(editor: Editor) -> None:
    """It has a code of its own, for what helps against it."""
    text = '[servers.a]\ncommand = ["x"]\nenv = { GITHUB_TOKEN = "ghp_0123456789abcdefghij" }\n'
    assert editor.marks(OWN, text) == [("secret-in-plain-text", '"ghp_0123456789abcdefghij"')]


def test_names_that_lead_nowhere_are_said(editor: Editor) -> None:
    """Servers and tools that are right as names, and that there are not today."""
    text = (
        '[profiles.a]\nservers = ["presto", "prestoo", "mine", "wiki"]\nworkspaces = ["~/w"]\n'
        '[policy.rules.b]\nverdict = "ask"\nservers = ["com.example/presto", "p*", "gone"]\n'
        '[servers.mine]\nurl = "https://mine.example/mcp"\n'
    )
    assert editor.marks(OWN, text) == [
        ("unknown-server", '"prestoo"'),
        ("server-not-offered", '"wiki"'),
        ("unknown-server", '"gone"'),
    ]


def test_a_rule_for_a_tool_that_is_gone_is_said(editor: Editor) -> None:
    """With the name that it may have now."""
    text = (
        '[servers.presto]\nurl = "https://mine.example/mcp"\n'
        '[servers.presto.rules.run_querys]\nrisk = "read"\n'
    )
    [found] = editor.findings(OWN, text)
    assert found["code"] == "tool-not-found"
    assert 'did you mean "run_query"?' in found["message"]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("|", list(KEYS[""])),
        ("[|", list(KEYS[""])),
        ("[company]\n|", list(KEYS["company"])),
        ("[hub]\nidle_minutes = 5\n|", [one for one in KEYS["hub"] if one != "idle_minutes"]),
        ("[servers.a]\nri|", list(KEYS["servers.NAME"])),
        ("[servers.a]\ntools = { | }", ["allow", "deny"]),
        ('[servers.a]\nrisk = "|"', ["read", "sensitive-read", "write", "destructive", "unknown"]),
        ("[company]\nunreviewed = |", ["true", "false"]),
        ('[profiles.x]\nservers = ["pres|"]', ["presto", "wiki"]),
        ("[profiles.x]\nservers = |", ["presto", "wiki"]),
        ('[policy.rules.x]\ntools = ["|', ["run_query", "drop_table"]),
        ("[servers.presto.rules.|", ["run_query", "drop_table"]),
        ("[company.servers.|", ["com.example/presto", "com.example/wiki"]),
        ("[servers.|", []),
        ("[nothing]\n|", []),
        ("# |", []),
    ],
)
def test_completion_knows_the_vocabulary_and_the_catalog(
    editor: Editor, text: str, labels: list[str]
) -> None:
    """What fits a place, and nothing that stands there already."""
    assert editor.labels(OWN, text) == labels


def test_what_is_completed_is_toml(editor: Editor) -> None:
    """Names in quotes where they need them, arrays with their brackets."""
    shown = {
        text: editor.completion(OWN, text)[0]["textEdit"]["newText"]
        for text in (
            "[company.servers.|",
            "[profiles.x]\nservers = |",
            '[profiles.x]\nservers = ["|"]',
            "[company]\nna|",
            "[ser|",
        )
    }
    assert list(shown.values()) == [
        '"com.example/presto"',
        '["presto"]',
        '"presto"',
        "name = ",
        "company",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[hub]\nidle|_minutes = 5", "How long the hub stays after the last window has gone"),
        ("[company]\niss|uer = 1", "required"),
        ('[profiles.x]\nservers = ["pres|to"]', "data-platform"),
        ('[company.servers."com.example/pr|esto"]\n', "2 tools"),
        ("[servers.presto.rules.run_|query]\n", "**run_query** of presto"),
        ('[policy.rules.x]\ntools = ["drop_|table"]', "**drop_table** of presto"),
        ('[servers.a]\nrisk = "re|ad"', "One of: `read`"),
        ("[hub]\n|", ""),
        ("[no|where]\n", ""),
    ],
)
async def test_hover_says_what_a_key_does_and_whose_a_server_is(
    editor: Editor, text: str, said: str
) -> None:
    """In the words of the documentation."""
    found = await editor.hover(OWN, text)
    assert said in found
    assert bool(found) is bool(said)


# No deadline: how fast this machine is has no say in what is right.
@settings(deadline=None)
@given(st.integers(0, len(EXAMPLE)))
def test_a_half_written_document_is_borne(end: int) -> None:
    """Any beginning of a document has findings, completion and actions, and no exception."""
    editor = Editor(Around())
    editor.findings(OWN, EXAMPLE[:end])
    editor.completion(OWN, f"{EXAMPLE[:end]}|")
    editor.actions(OWN, f"{EXAMPLE[:end]}|")
