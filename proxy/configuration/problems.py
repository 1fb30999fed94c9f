"""What is wrong with one file, collected and not raised, each where it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from proxy.configuration.fault import Problem
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.outline.place import Path

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_MOST = 200


class Problems:
    """The problems of one file.

    Args:
        file: Its path.
        lines: Where its keys stand, see `proxy.outline.toml.locate`.
    """

    def __init__(self, file: str, lines: Mapping[Path, int]) -> None:
        self.file = file
        self.found: list[Problem] = []
        self._lines = lines

    def add(self, path: Path, message: str) -> None:
        """Note a problem at `path`, or, where it stands nowhere, at the table it belongs to."""
        key = ".".join(
            part if _BARE.fullmatch(part) else f'"{plain(part)}"'
            for part in path
            if isinstance(part, str)
        )
        self.found.append(Problem(self.file, self.line(path), key, message, path))

    @property
    def enough(self) -> bool:
        """Whether there are more than anybody reads: of each unknown key the nearest is sought."""
        return len(self.found) >= _MOST

    def line(self, path: Path) -> int:
        """The line of `path` or of the nearest table around it."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)
