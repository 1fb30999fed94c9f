"""What Portico put into other programs' files, so that it can be taken out again exactly.

The file holds the cuts and what was made for them, never what else is in those files, apart from
the entry that ours took the place of.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from editors.install.edit import Edit

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done to one file.

    Attributes:
        edits: The cuts, the first one first.
        made: The file and its folders, as far as they were not there before; the deepest first.
    """

    edits: tuple[Edit, ...] = ()
    made: tuple[str, ...] = ()


def read(text: str) -> dict[str, Entry]:
    """Absolute path -> what was done to that file. What is not understood counts as nothing."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(said, dict) or said.get("version") != VERSION:
        return {}
    files = said.get("files")
    found = files.items() if isinstance(files, dict) else ()
    return {path: entry for path, one in found if (entry := _entry(one)) is not None}


def written(files: Mapping[str, Entry]) -> str:
    """The text that `read` reads."""
    shown = {
        path: {
            "edits": [
                {"at": e.at, "removed": e.removed.decode(), "inserted": e.inserted.decode()}
                for e in entry.edits
            ],
            "made": list(entry.made),
        }
        for path, entry in files.items()
    }
    return json.dumps({"version": VERSION, "files": shown}, indent=2) + "\n"


def _entry(said: dict[str, Any]) -> Entry | None:
    try:
        edits = tuple(
            Edit(int(one["at"]), str(one["removed"]).encode(), str(one["inserted"]).encode())
            for one in said["edits"]
        )
        return Entry(edits, tuple(str(path) for path in said["made"]))
    except (KeyError, TypeError, ValueError):
        return None
