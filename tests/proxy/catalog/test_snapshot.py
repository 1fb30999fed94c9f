"""The catalog on disk: one person's, one revision's, for a while."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from auth.identity import Identity
from proxy.catalog.shelf import Shelf
from proxy.catalog.snapshot import LIFETIME, Snapshot

if TYPE_CHECKING:
    from pathlib import Path

ALICE = Identity("https://sso", "alice", "Alice", frozenset()).key
TOOLS: list[dict[str, Any]] = [{"name": "read", "vendor": {"kept": ["as", "it", "was"]}}]
NOW = 1000.0


def saved(folder: Path) -> Snapshot:
    """A snapshot of Alice's one server at revision 1."""
    snapshot = Snapshot(str(folder / "catalog"))
    shelf = Shelf(tools=TOOLS, fetched_at=NOW, live=True)
    never = Shelf(tools=[], fetched_at=0.0)
    servers = {"presto": ("https://gateway/presto", shelf), "never": ("https://n", never)}
    snapshot.save(ALICE, "1", servers)
    return snapshot


def test_tools_come_back_verbatim_but_not_live(tmp_path: Path) -> None:
    """What a server gave survives the hub; only the server itself makes it live again."""
    loaded = saved(tmp_path).load(ALICE, "1", NOW + 1)
    assert set(loaded) == {"presto"}
    url, shelf = loaded["presto"]
    assert (url, shelf.tools, shelf.fetched_at) == ("https://gateway/presto", TOOLS, NOW)
    assert not shelf.live


@pytest.mark.parametrize(
    ("issuer", "subject", "revision"),
    [
        ("https://other", "alice", "1"),
        ("https://sso", "bob", "1"),
        ("https://sso", "alice", "2"),
        ("https://ssoalice", "", "1"),
    ],
)
def test_a_snapshot_is_never_shared(
    tmp_path: Path, issuer: str, subject: str, revision: str
) -> None:
    """Another issuer, subject or registry revision finds nothing."""
    key = Identity(issuer, subject, "x", frozenset()).key
    assert saved(tmp_path).load(key, revision, NOW) == {}


def test_a_snapshot_under_a_foreign_name_is_not_believed(tmp_path: Path) -> None:
    """The file's own words count, not where somebody put it."""
    snapshot = saved(tmp_path)
    (file,) = (tmp_path / "catalog").iterdir()
    bob = Identity("https://sso", "bob", "Bob", frozenset()).key
    file.rename(file.with_name(file.name.replace(ALICE[:32], bob[:32])))
    assert snapshot.load(bob, "1", NOW) == {}


@pytest.mark.parametrize("later", [LIFETIME, LIFETIME * 2, -LIFETIME])
def test_a_snapshot_expires_also_when_the_clock_was_wrong(tmp_path: Path, later: float) -> None:
    """A week later, or a week earlier, nothing of it is shown."""
    assert saved(tmp_path).load(ALICE, "1", NOW + later) == {}


def test_a_new_revision_replaces_the_old_one_of_the_same_person(tmp_path: Path) -> None:
    """The folder holds one file per person, private to the user."""
    snapshot = saved(tmp_path)
    bob = Identity("https://sso", "bob", "Bob", frozenset()).key
    snapshot.save(bob, "1", {})
    snapshot.save(ALICE, "2", {"presto": ("u", Shelf(tools=TOOLS, fetched_at=NOW))})
    assert snapshot.load(ALICE, "1", NOW) == {}
    assert set(snapshot.load(ALICE, "2", NOW)) == {"presto"}
    files = list((tmp_path / "catalog").iterdir())
    assert len(files) == 2
    assert all(file.stat().st_mode & 0o077 == 0 for file in [*files, tmp_path / "catalog"])


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"identity": 1}',
        json.dumps({"identity": ALICE, "revision": "1", "servers": [1]}).encode(),
        json.dumps({"identity": ALICE, "revision": "1", "servers": {"a": {"url": "u"}}}).encode(),
        json.dumps(
            {"identity": ALICE, "revision": "1", "servers": {"a": {"url": 1, "at": "x"}}}
        ).encode(),
    ],
)
def test_a_damaged_snapshot_is_no_snapshot(tmp_path: Path, damage: bytes) -> None:
    """Whatever the file holds, the hub starts with an empty list."""
    snapshot = saved(tmp_path)
    (file,) = (tmp_path / "catalog").iterdir()
    file.write_bytes(damage)
    assert snapshot.load(ALICE, "1", NOW) == {}


def test_what_is_no_tool_in_a_snapshot_is_left_out(tmp_path: Path) -> None:
    """One damaged entry costs itself alone."""
    snapshot = saved(tmp_path)
    (file,) = (tmp_path / "catalog").iterdir()
    held = json.loads(file.read_bytes())
    held["servers"]["presto"]["tools"] = [7, "x", *TOOLS]
    file.write_text(json.dumps(held))
    assert snapshot.load(ALICE, "1", NOW)["presto"][1].tools == TOOLS
