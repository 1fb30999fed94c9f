"""Whether the files of a server have changed, by the times at which they were written."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_PASSED = frozenset({"node_modules", "__pycache__", "venv", "target", "build", "dist"})
"""Folders that hold what others wrote or what was built; so does every hidden one."""

_WRITTEN = frozenset(
    {
        *(".py", ".js", ".mjs", ".cjs", ".ts", ".mts", ".go", ".rs", ".rb", ".java", ".kt", ".cs"),
        *(".sh", ".lua", ".php"),
    }
)
"""Endings of programs. What a server itself writes beside them is no reason to start it anew."""

_MOST, _FOLDERS = 5000, 500
"""Files that are watched, and folders that are looked into; a home has more, a server has not."""


class Files:
    """Files and folders that belong to a server.

    Args:
        paths: A file counts whatever it is called, a folder with every program in it.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = tuple(paths)
        self._seen = self._look()

    def changed(self) -> tuple[str, ...]:
        """What was written, made or removed since this was asked last, sorted."""
        now, before = self._look(), self._seen
        self._seen = now
        return tuple(sorted(name for name in {*now, *before} if now.get(name) != before.get(name)))

    def _look(self) -> dict[str, tuple[int, int]]:
        seen: dict[str, tuple[int, int]] = {}
        for path in self._paths:
            for name in _below(path):
                if len(seen) >= _MOST:
                    return seen
                try:
                    found = os.stat(name)  # noqa: PTH116 - thousands of them, again and again.
                except OSError:
                    continue
                seen[name] = (found.st_mtime_ns, found.st_size)
        return seen


def of_command(words: Iterable[str], folder: Path) -> list[Path]:
    """What belongs to a command: the files that it names, with the folders they are in.

    Args:
        words: The command.
        folder: Where it runs; watched where the command names no file of a person's.
    """
    found: list[Path] = []
    for word in words:
        path = folder / word
        # An interpreter is named by its path too, and its folder is nobody's to watch.
        if path.suffix in _WRITTEN and path.is_file():
            found += [path, path.parent]
    return found or [folder]


def _below(path: Path) -> Iterator[str]:
    if not path.is_dir():
        yield str(path)
        return
    for folder, inner, names in islice(os.walk(path), _FOLDERS):
        inner[:] = sorted(n for n in inner if n not in _PASSED and not n.startswith("."))
        for name in sorted(names):
            if os.path.splitext(name)[1] in _WRITTEN:  # noqa: PTH122 - plain names, many of them.
                yield f"{folder}/{name}"
