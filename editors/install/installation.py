"""Setting one client up and undoing it: where deciding and writing meet."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from editors.install import change, file, ledger
from editors.install.client import Scope
from editors.install.edit import Unreadable
from editors.install.file import Untouchable
from editors.install.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from editors.install.client import Client, Place
    from editors.install.edit import Edit

_LEDGER = "ledger.json"
_VARIABLE = re.compile(r"%(\w+)%")


class Done(StrEnum):
    """What became of one file."""

    ADDED = "added"
    UPDATED = "updated"
    THERE = "already there"
    REMOVED = "removed"
    ABSENT = "not there"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one client.

    Attributes:
        path: Its file; empty where it has none for the scope.
        reason: Why it was refused, as the end of a sentence about the file.
    """

    client: Client
    path: str
    done: Done
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Installation:
    """One person's machine, as far as setting clients up needs it.

    Attributes:
        platform: As `sys.platform`.
        home: The home folder.
        folder: The project's folder, for `Scope.PROJECT`.
        program: Absolute path of the command `portico`; empty when it is not known.
        on_path: Whether a shell finds that command by its name.
        environment: Variables that stand in paths of Windows.
        keeps: The folder of the ledger, and of a copy of each file as it was before.
    """

    platform: str
    home: Path
    folder: Path
    program: str
    on_path: bool
    environment: Mapping[str, str]
    keeps: Path

    def command(self, client: Client, scope: Scope) -> list[str]:
        """The words that start Portico for a client.

        A project's file is shared with people whose Portico is elsewhere. Programs that are not
        started from a shell do not have its PATH.
        """
        bare = scope is Scope.PROJECT or not self.program
        if not bare:
            bare = self.on_path and not client.graphical
        return ["portico" if bare else self.program, "mcp"]

    def path(self, path: str) -> Path | None:
        """Where a file of the user is; None where a variable that its path needs is not set."""
        if any(name not in self.environment for name in _VARIABLE.findall(path)):
            return None
        filled = _VARIABLE.sub(lambda found: self.environment[found[1]], path)
        return self.home / filled[2:] if filled.startswith("~/") else Path(filled)

    def found(self, client: Client) -> bool:
        """Whether a client seems to be on this machine."""
        paths = [self.path(path) for path in client.seen]
        return any(path is not None and path.exists() for path in paths)

    def install(self, client: Client, scope: Scope, *, dry: bool = False) -> Report:
        """Put Portico's entry into a client's file; nothing is written when `dry`."""
        place, path = self._place(client, scope)
        if place is None or path is None:
            return Report(client, "", Done.REFUSED, f"it has no file for the {scope} scope")
        try:
            before = file.read(path)
            edit = change.added(place, before or b"", self.command(client, scope))
            if edit is None:
                return Report(client, str(path), Done.THERE)
            done = Done.UPDATED if edit.removed.strip() and before else Done.ADDED
            if not dry:
                self._write(path, before, edit.apply(before or b""), scope, edit)
        except (Unreadable, Untouchable) as wrong:
            return Report(client, str(path), Done.REFUSED, str(wrong))
        return Report(client, str(path), done)

    def uninstall(self, client: Client, scope: Scope, *, dry: bool = False) -> Report:
        """Take Portico's entry out again; nothing is written when `dry`."""
        place, path = self._place(client, scope)
        if place is None or path is None:
            return Report(client, "", Done.ABSENT)
        known = self._remembered()
        entry = known.get(str(path), Entry())
        try:
            text = file.read(path)
            without = None if text is None else change.removed(place, text, entry.edits)
            if dry or without is None:
                done = Done.ABSENT if without is None else Done.REMOVED
                return Report(client, str(path), done)
            if not without.strip() and str(path.resolve()) in entry.made:
                file.unmake([Path(one) for one in entry.made])
            else:
                file.write(path, without, inside=self._inside(scope))
        except (Unreadable, Untouchable) as wrong:
            return Report(client, str(path), Done.REFUSED, str(wrong))
        self._copy(path).unlink(missing_ok=True)
        self._remember({one: done for one, done in known.items() if one != str(path)})
        return Report(client, str(path), Done.REMOVED)

    def _write(
        self, path: Path, before: bytes | None, after: bytes, scope: Scope, edit: Edit
    ) -> None:
        if before is not None and not self._copy(path).exists():
            file.write(self._copy(path), before)
        made = file.write(path, after, inside=self._inside(scope))
        known = self._remembered()
        entry = known.get(str(path), Entry(made=tuple(map(str, made))))
        known[str(path)] = Entry((*entry.edits, edit), entry.made)
        self._remember(known)

    def _place(self, client: Client, scope: Scope) -> tuple[Place | None, Path | None]:
        place = client.place(scope, self.platform)
        if place is None:
            return None, None
        return place, self.folder / place.path if scope is Scope.PROJECT else self.path(place.path)

    def _inside(self, scope: Scope) -> Path | None:
        return self.folder if scope is Scope.PROJECT else None

    def _copy(self, path: Path) -> Path:
        """Where a file is kept as it was before Portico's entry came into it."""
        name = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
        return self.keeps / f"{name}-{path.name}"

    def _remembered(self) -> dict[str, Entry]:
        text = file.read(self.keeps / _LEDGER)
        return {} if text is None else ledger.read(text.decode("utf-8", "replace"))

    def _remember(self, files: dict[str, Entry]) -> None:
        if files:
            file.write(self.keeps / _LEDGER, ledger.written(files).encode())
        else:
            (self.keeps / _LEDGER).unlink(missing_ok=True)
