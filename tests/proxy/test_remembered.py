"""The hint of who was signed in last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auth.identity import Identity
from proxy.remembered import Remembered

if TYPE_CHECKING:
    from pathlib import Path

ALICE = Identity("https://sso", "alice", "Alice", frozenset({"data-eng"}))


def test_the_hint_names_the_same_person_to_the_next_hub(tmp_path: Path) -> None:
    """It survives the hub, is for its own issuer only, and forgets on request."""
    path = tmp_path / "cache" / "signed-in.json"
    Remembered(str(path)).save(ALICE)
    remembered = Remembered(str(path))
    assert remembered.load("https://sso") == ALICE
    assert remembered.load("https://other") is None
    assert path.stat().st_mode & 0o077 == 0
    for _ in range(2):
        remembered.save(None)
    assert remembered.load("https://sso") is None


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"issuer":"https://sso"}',
        b'{"issuer":"https://sso","subject":"a","name":"A","groups":7}',
        b'{"issuer":"https://sso","subject":"a","name":"A","groups":[[]]}',
    ],
)
def test_a_damaged_hint_is_nobody(tmp_path: Path, held: bytes) -> None:
    """Whatever the file holds, a hub starts."""
    path = tmp_path / "signed-in.json"
    path.write_bytes(held)
    assert Remembered(str(path)).load("https://sso") is None


def test_a_hint_that_cannot_be_written_costs_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A full or read-only cache is logged, and the sign-in goes on."""
    (tmp_path / "file").write_text("in the way")
    Remembered(str(tmp_path / "file" / "signed-in.json")).save(ALICE)
    assert "could not be remembered" in caplog.text
