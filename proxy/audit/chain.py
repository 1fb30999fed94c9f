"""The chain: each record carries a hash over itself and the record before it.

Whoever changes, removes, adds or moves a record breaks the chain there, unless they write every
later record anew; and then the head that was noted down before is another one. So the chain shows
tampering against a head that somebody else keeps, and nothing more.

The hash is SHA-256 over the JSON object of the record's fields, with the hash of the record before
it as `previous`: keys sorted, no spaces, ASCII alone, and without fields that are empty, so that a
field that is added one day leaves the hashes of older records as they are. It is computed on the
path of each call, where `json.dumps` would cost twice as much; a test holds the two equal.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from json.encoder import encode_basestring_ascii as quoted
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from proxy.audit.record import COLUMNS, Event, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_HEAD = re.compile(r"(0|[1-9][0-9]{0,18}):([0-9a-f]{64})")


class Head(NamedTuple):
    """The last record of a chain: its number, and its hash (SHA-256, hex)."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head | None:
        """The head that `str` wrote; None when it is none."""
        found = _HEAD.fullmatch(text.strip())
        return cls(int(found[1]), found[2]) if found else None


START = Head(0, "0" * 64)
"""The head of an audit without records."""

FIELDS = tuple(sorted((*COLUMNS, "id", "previous")))
"""What the hash is over, in its order."""

STORED = (*sorted(COLUMNS), "id", "hash")
"""The columns in the order in which `seal` gives their values."""

_KEYS = tuple(f'"{name}":' for name in FIELDS)
_values = attrgetter(*sorted(COLUMNS))
_ID = FIELDS.index("id")
_PREVIOUS = FIELDS.index("previous") - 1


def seal(record: Record, before: Head) -> tuple[tuple[object, ...], Head]:
    """The row of a record that follows `before`, in the order of `STORED`, and the new head."""
    number = before.number + 1
    row = _values(record)
    fields = (*row[:_ID], number, *row[_ID:_PREVIOUS], before.hash, *row[_PREVIOUS:])
    content = ",".join(
        [
            key + (quoted(value) if isinstance(value, str) else repr(value))
            for key, value in zip(_KEYS, fields, strict=True)
            if value is not None and value != ""
        ]
    )
    if "\\ud" in content:
        # A lone surrogate is legal JSON, but SQLite keeps UTF-8 only.
        odd = {n: v for n, v in zip(STORED, row, strict=False) if isinstance(v, str) and _odd(v)}
        if odd:
            fit = {n: v.encode("utf-8", "backslashreplace").decode() for n, v in odd.items()}
            return seal(replace(record, **fit), before)  # type: ignore[arg-type]
    sealed = hashlib.sha256(f"{{{content}}}".encode("ascii")).hexdigest()
    return (*row, number, sealed), Head(number, sealed)


def sealed(fields: Mapping[str, Any]) -> str:
    """The hash that a record must have, from its fields with `id` and `previous`."""
    told = {
        name: value
        for name, value in fields.items()
        if name != "hash" and value is not None and value != ""
    }
    content = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode("ascii")).hexdigest()


def _odd(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at a whole chain found.

    Attributes:
        records: How many records are as they were written, from the first one on.
        begins: The head before the first of them: `START`, or what a checkpoint keeps of the
            records that were forgotten.
        head: The head of what was found good.
        trouble: What is wrong, as a sentence; empty when nothing is.
    """

    records: int
    begins: Head
    head: Head
    trouble: str = ""


def verify(records: Iterable[Mapping[str, Any]], begins: Head, known: Head | None) -> Finding:
    """Check a chain from its first record on, and against a head that was exported before.

    Args:
        records: Every field of each record, and its `hash`, the oldest record first.
        begins: The head before the first of them.
        known: A head that somebody kept; None checks the chain alone.
    """
    count, head, seen = 0, begins, known is None or known == begins
    for record in records:
        trouble = _trouble(record, head)
        if not trouble and known is not None and record["id"] == known.number:
            seen = record["hash"] == known.hash
            trouble = "" if seen else f"Record {known.number} is not the one of that head."
        if trouble:
            return Finding(count, begins, head, trouble)
        count, head = count + 1, Head(record["id"], record["hash"])
    trouble = "" if seen or known is None else _unseen(known, begins, head)
    return Finding(count, begins, head, trouble)


def _trouble(record: Mapping[str, Any], before: Head) -> str:
    number, due = record["id"], before.number + 1
    if number != due:
        gone = f"Record {due} is" if number == due + 1 else f"Records {due} to {number - 1} are"
        return f"{gone} missing." if number > due else f"Record {number} stands twice."
    if sealed({**record, "previous": before.hash}) != record["hash"]:
        return f"Record {number} is not as it was written, or what stood before it is not."
    return ""


def _unseen(known: Head, begins: Head, head: Head) -> str:
    if known.number == begins.number:
        return f"Record {known.number} was not the one of that head."
    if known.number < begins.number:
        return (
            f"Record {known.number} of that head was forgotten by retention, "
            "so nothing can be said against it."
        )
    if known.number > head.number:
        return f"Records {head.number + 1} to {known.number} are missing: that head had them."
    return f"Record {known.number} of that head is missing."


def checkpoint(at: float, forgotten: Head, records: int, since: str, until: str) -> Record:
    """The record that keeps the head of what is about to be forgotten."""
    return Record(
        at,
        Event.CHECKPOINT,
        outcome=str(forgotten),
        summary=f"{records} records, {since} to {until}",
    )
