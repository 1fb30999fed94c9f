"""The chain: what is written hangs together, and what is changed does not."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.audit import Event, Record, Selection
from proxy.audit.archive import Archive
from proxy.audit.chain import FIELDS, START, STORED, Head, seal, sealed
from proxy.audit.record import COLUMNS
from proxy.audit.table import _OLD, VERSION, append, connect, head_of
from tests.proxy.audit.ledger import found, records, rewritten, tampered, written

if TYPE_CHECKING:
    from pathlib import Path

texts = st.text() | st.text(st.characters(categories=("Cs", "Cc", "So", "Lu")))
numbers = st.none() | st.floats(0, 1e12) | st.integers(0, 10**9)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the audit of a test is."""
    return tmp_path / "audit.sqlite3"


def test_tampering_shows_against_an_exported_head(path: Path) -> None:
    """Changed, removed, added, swapped, cut off or written anew: the head that was kept tells."""
    kept = written(path, records(20))
    assert not found(path, kept).trouble
    whole = path.read_bytes()
    middle = "SELECT max(id) + 1, at, event, hash FROM records"
    for said, statements in (
        ("Record 7 is not", ["UPDATE records SET outcome = 'denied' WHERE id = 7"]),
        ("Record 7 is not", ["UPDATE records SET at = at - 60 WHERE id = 7"]),
        ("Record 7 is missing", ["DELETE FROM records WHERE id = 7"]),
        ("Records 1 to 5 are missing", ["DELETE FROM records WHERE id <= 5"]),
        ("Records 19 to 20 are missing", ["DELETE FROM records WHERE id > 18"]),
        ("Record 21 is not", [f"INSERT INTO records (id, at, event, hash) {middle}"]),
        (
            "Record 7 is not",
            [
                "UPDATE records SET id = 99 WHERE id = 7",
                "UPDATE records SET id = 7 WHERE id = 8",
                "UPDATE records SET id = 8 WHERE id = 99",
            ],
        ),
    ):
        path.write_bytes(whole)
        tampered(path, *statements)
        assert said in found(path, kept).trouble, statements
    rewritten(path, [*records(6), *records(14, at=500.0)])
    assert not found(path).trouble, "a chain written anew hangs together"
    assert "Record 20 is not the one of that head." in found(path, kept).trouble


def test_what_is_added_after_a_head_is_no_tampering(path: Path) -> None:
    """An honest audit grows, and every head that was ever exported still fits."""
    heads = [written(path, records(3, at=10.0 * turn)) for turn in range(4)]
    assert [head.number for head in heads] == [3, 6, 9, 12]
    assert not any(found(path, head).trouble for head in heads)
    assert found(path).records == 12
    assert found(path, Head(5, "0" * 64)).trouble == "Record 5 is not the one of that head."
    assert "13 to 40" in found(path, Head(40, "0" * 64)).trouble


@given(st.builds(dict, **dict.fromkeys(COLUMNS, texts)), numbers, numbers)
def test_the_hash_is_that_of_the_documented_json(
    words: dict[str, str], at: float | None, took: float | None
) -> None:
    """Whatever a record holds, its hash is the one that `json.dumps` and SHA-256 give."""
    said = {**words, "at": at, "milliseconds": took}
    before = Head(7, "ab" * 32)
    row, head = seal(Record(**said), before)  # type: ignore[arg-type]
    stored = dict(zip(STORED, row, strict=True))
    assert head == Head(8, stored["hash"])  # type: ignore[arg-type]
    assert sealed({**stored, "previous": before.hash}) == stored["hash"]
    json.dumps(stored, ensure_ascii=False).encode()  # nothing that SQLite could not keep


def test_a_field_that_is_added_one_day_changes_no_hash() -> None:
    """Empty fields are left out of the hash, so an older chain verifies in a newer Portico."""
    row, _ = seal(records(1)[0], START)
    stored = {**dict(zip(STORED, row, strict=True)), "previous": START.hash}
    assert sealed({**stored, "tomorrow": "", "never": None}) == stored["hash"]
    assert set(FIELDS) == {*COLUMNS, "id", "previous"}


def test_a_head_is_read_as_it_is_written() -> None:
    """And nothing else is taken for one."""
    head = Head(12, "0f" * 32)
    assert Head.parse(f" {head}\n") == head
    for wrong in ("", "12", f"x:{'0' * 64}", f"12:{'0' * 63}", f"-1:{'0' * 64}", f"01:{'0' * 64}"):
        assert Head.parse(wrong) is None


def test_an_audit_without_a_chain_is_chained_in_its_order(path: Path) -> None:
    """What an older Portico wrote stays, under the names that events have now."""
    with closing(sqlite3.connect(path)) as old:
        old.executescript(
            f"""CREATE TABLE records (id INTEGER PRIMARY KEY, {", ".join(_OLD)});
            CREATE TRIGGER records_keep BEFORE UPDATE ON records
            BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
            CREATE TRIGGER records_stay BEFORE DELETE ON records
            BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;"""
        )
        for number, event in enumerate(("signed in", "intent", "outcome")):
            values = (float(number), event, *[""] * 10, 4.5, "", f"n={number}")
            old.execute(f"INSERT INTO records VALUES (NULL{', ?' * 15})", values)  # noqa: S608
        old.commit()
    rows = Archive(str(path)).newest(Selection(), 10)
    assert [(row["event"], row["summary"]) for row in rows] == [
        (Event.SIGNED_IN, "n=0"),
        (Event.INTENT, "n=1"),
        (Event.OUTCOME, "n=2"),
    ]
    assert found(path).records == 3
    assert not found(path).trouble
    with closing(sqlite3.connect(path)) as older, pytest.raises(sqlite3.IntegrityError):
        # A hub of before that still runs is refused; it must not leave a hole in the chain.
        older.execute("INSERT INTO records (at, event) VALUES (1.0, 'intent')")


def test_an_audit_of_a_newer_portico_is_left_alone(path: Path) -> None:
    """What this version does not understand it neither writes nor reads."""
    written(path, records(1))
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(f"PRAGMA user_version={VERSION + 1}")
    with pytest.raises(sqlite3.DatabaseError, match="a newer Portico wrote it"):
        connect(str(path))


def test_a_writer_that_was_overtaken_goes_on_from_the_new_head(path: Path) -> None:
    """Two processes that know the same head both write, and the chain is one."""
    with closing(connect(str(path))) as one, closing(connect(str(path))) as other:
        first = append(one, records(2), START)
        second = append(other, records(3), START)
        assert append(one, records(1), first) == head_of(other)
        assert second.number == 5
    assert found(path).records == 6
    assert not found(path).trouble


def test_an_archive_of_nothing_makes_no_file(path: Path) -> None:
    """To look at an audit that was never written leaves none behind."""
    archive = Archive(str(path))
    assert archive.newest(Selection(), 5) == []
    assert list(archive.each(Selection())) == []
    assert archive.ends() == (START, START)
    assert not path.exists()


def test_a_selection_keeps_what_fits_and_each_hash_before_it(path: Path) -> None:
    """Filters combine; `previous` is the hash of the record before, also where that is left out."""
    written(path, [*records(4), Record(9.0, Event.SIGNED_IN, user="alice")])
    archive = Archive(str(path))
    everything = list(archive.each(Selection()))
    some = list(archive.each(Selection(event="outcome", since=1.0, until=3.0, server="presto")))
    assert [one["id"] for one in some] == [2, 3]
    assert [one["previous"] for one in some] == [one["hash"] for one in everything[:2]]
    assert [one["id"] for one in archive.newest(Selection(before=5), 2)] == [3, 4]
    assert [one["id"] for one in archive.newest(Selection(after=3), 9)] == [4, 5]
