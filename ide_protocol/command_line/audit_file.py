"""The audit as a file that a person keeps: written record by record, and read again to be checked.

Both go to the file itself and ask no hub, so that they need none, and believe none.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from auth.fault import Fault, Who
from proxy.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from proxy.audit.chain import Finding, Head


class AuditBroken(Fault):
    """The audit is not as it was written."""

    reference = "audit-broken"
    who = Who.PERSON
    remedy = "Compare it with an export that you kept elsewhere, and show both to your company."


def written(records: Iterable[dict[str, Any]], *, as_csv: bool) -> Iterator[dict[str, Any]]:
    """Write each record to stdout, then hand it on."""
    import csv

    from proxy.audit.archive import NAMES

    table = csv.writer(sys.stdout, lineterminator="\n")
    for number, record in enumerate(records):
        if as_csv:
            if not number:
                table.writerow((*NAMES, "previous"))
            table.writerow(map(_cell, record.values()))
        else:
            sys.stdout.write(json.dumps(record, separators=(",", ":")) + "\n")
        yield record


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@")):
        return f"'{value}"
    return value


def look(file: Path | None, known: Head | None) -> Finding:
    """Whether the records of an exported file, or of the audit itself, hang together.

    Args:
        file: What an export wrote; None looks at the audit of this home.
        known: A head that was kept elsewhere, if there is one.

    Raises:
        AuditBroken: The file is not what an export writes.
    """
    from proxy.audit import Archive, Selection
    from proxy.audit.chain import START, Head, verify

    if file is None:
        archive = Archive(Home.find().audit)
        begins, _ = archive.ends()
        return verify(archive.each(Selection()), begins, known)
    with file.open(encoding="utf-8") as lines:
        records = _parsed(lines)
        first = next(records, None)
        if first is None:
            return verify((), START, known)
        begins = Head(first["id"] - 1, first["previous"])
        return verify(_again(first, records), begins, known)


def _parsed(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The records of an exported file.

    Raises:
        AuditBroken: A line is no record.
    """
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        fields = found if isinstance(found, dict) else {}
        if type(fields.get("id")) is not int or not isinstance(fields.get("hash"), str):
            msg = f"Line {number} is not a record in JSON, as `portico audit export` writes them."
            raise AuditBroken(msg)
        yield fields


def _again(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest
