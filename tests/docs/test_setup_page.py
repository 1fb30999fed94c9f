"""docs/setup.md says what the code does: keys, places, and the whole way from a key to a set-up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from auth.signed_text import verify
from ide_protocol.command_line import main
from proxy.configuration.vocabulary import KEYS
from proxy.setup.document import read_setup
from proxy.setup.kept import NOTE
from proxy.setup.managed import _PLACES, MANAGED
from tests.docs.page import fences, read, section

if TYPE_CHECKING:
    from pathlib import Path

PAGE = read("docs/setup.md")


@pytest.mark.parametrize("kind", ["setup", "network"])
def test_the_page_explains_exactly_the_keys_of_a_set_up(kind: str) -> None:
    """Each key has its line, in the vocabulary's own words."""
    rows = re.findall(r"^\| (`.*) \|$", section(PAGE, f"`[{kind}]`"), re.MULTILINE)
    said = [row.split(" | ") for row in rows]
    keys = KEYS[f"setup.{kind}"].values()
    assert said == [[f"`{key.name}`", key.default, key.meaning] for key in keys]


def test_the_page_names_the_places_and_the_note_that_the_code_looks_for() -> None:
    """An administrator and whoever leaves a company find what Portico finds."""
    for place in (MANAGED, *_PLACES.values()):
        assert f"`{place}`" in PAGE
    assert f"`{NOTE}`" in PAGE


def test_a_company_makes_signs_and_serves_its_set_up_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands of the page, run on its example, give a document that its key has signed."""
    monkeypatch.chdir(tmp_path)
    [example] = fences(PAGE, "toml")
    (tmp_path / "setup.toml").write_text(example, encoding="utf-8")
    assert main(["setup", "key", "setup-key.pem"]) == 0
    fingerprint = capsys.readouterr().out.strip()
    assert (tmp_path / "setup-key.pem").stat().st_mode & 0o777 == 0o600
    assert main(["setup", "key", "setup-key.pem"]) != 0, "a key is never replaced"
    capsys.readouterr()
    assert main(["setup", "sign", "setup.toml", "--key", "setup-key.pem"]) == 0
    text, key = verify(capsys.readouterr().out.strip())
    assert (text, key) == (example, fingerprint)
    assert read_setup(text, "page").serial == 12
