"""The vocabulary of the configuration, and the page that explains it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from proxy.configuration import Configuration, load
from proxy.configuration.vocabulary import KEYS

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")


_ROW = re.compile(r"^\| `.*\|$", re.MULTILINE)

# What a company expects of its rules, and its set-up, are files of their own, which docs/policy.md
# and docs/setup.md explain.
KINDS = [kind for kind in KEYS if not kind.startswith(("expectations", "setup"))]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind])
def test_the_page_explains_exactly_the_keys_that_there_are(kind: str) -> None:
    """Each table has its heading, and below it each key its line, in the vocabulary's own words."""
    chapter = re.search(
        rf"^## `\[{re.escape(kind)}\]`$(.*?)(^## |\Z)", PAGE, re.DOTALL | re.MULTILINE
    )
    assert chapter is not None
    said = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        for row in _ROW.findall(chapter[1])
    ]
    assert said == [[f"`{key.name}`", key.default, key.meaning] for key in KEYS[kind].values()]


def test_the_example_of_the_page_loads_and_shows_every_key(tmp_path: Path) -> None:
    """Whoever copies the example has a configuration that Portico takes."""
    [example] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "portico.toml"
    file.write_text(example, encoding="utf-8")
    configuration = load(str(file))
    assert configuration.company is not None
    assert configuration.servers["notes"].rules.keys() == {"read_page"}
    # A file or folder that does not exist cannot stand in an example that loads.
    # Who helps with a policy is for the company's own file to say.
    files = {"ca_file", "cwd", "client_secret_file", "private_key_file", "private_key_algorithm"}
    shown = set(re.findall(r"[\w-]+", example)) | files | {"support"}
    assert {key for kind in KINDS for key in KEYS[kind]} <= shown


def test_the_defaults_of_the_page_are_those_of_the_code(tmp_path: Path) -> None:
    """What the page gives as a default is what a file without the key leads to."""
    said = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)`", PAGE, re.MULTILINE))
    file = tmp_path / "portico.toml"
    file.write_text(
        '[company]\nissuer = "https://sso.corp.example"\nclient_id = "portico"\n'
        '[company.servers."a.b/c"]\n[servers.x]\nurl = "https://x.example/mcp"\n',
        encoding="utf-8",
    )
    bare = load(str(file))
    assert bare.company is not None
    assert said["unreviewed"] == str(bare.company.unreviewed).lower()
    assert said["scopes"] == str(list(bare.company.scopes)).replace("'", '"')
    assert said["groups_claim"] == f'"{bare.company.groups_claim}"'
    assert said["default_risk"] == f'"{bare.company.servers["a.b/c"].default_risk}"'
    server = bare.servers["x"]
    assert said["auth"] == f'"{server.auth}"'
    assert (said["idle_minutes"], said["deadline_seconds"]) == ("15", "300")
    assert (bare.idle_seconds, bare.approval_seconds) == (900.0, 300.0)
    assert (Configuration().idle_seconds, Configuration().approval_seconds) == (900.0, 300.0)
