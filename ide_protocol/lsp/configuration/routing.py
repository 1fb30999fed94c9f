"""A host's file with one entry given up for Portico's own, and everything else as it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from editors.install import change
from editors.install.edit import Unreadable
from ide_protocol.lsp.configuration.host_file import entries, reading

if TYPE_CHECKING:
    from editors.install.client import Place
    from ide_protocol.lsp.configuration.host_file import HostFile
    from proxy.outline.place import Span


def routed(text: str, file: HostFile, name: str, command: list[str]) -> str | None:
    """The text of a file that reaches the server `name` through Portico.

    Args:
        text: What stands in it now.
        file: Whose it is.
        name: The server's key in it.
        command: What starts Portico there.

    Returns:
        The whole text, or None where the file cannot be changed without guessing.
    """
    own = [one for one in entries(reading(file, text).said, file.holder) if one.own]
    try:
        without = change.removed(_place(file, name), text.encode(), ())
        if without is None:
            return None
        edit = None if own else change.added(file.place, without, command)
    except (Unreadable, UnicodeEncodeError):
        return None
    return (edit.apply(without) if edit is not None else without).decode()


def difference(before: str, after: str) -> tuple[Span, str]:
    """The one cut between two texts: what of the first goes, and what comes instead."""
    most = min(len(before), len(after))
    start = next((at for at in range(most) if before[at] != after[at]), most)
    same = 0
    while same < most - start and before[-1 - same] == after[-1 - same]:
        same += 1
    # Between the two halves of a line's end no editor cuts.
    if start and before[start - 1 : start] == "\r":
        start -= 1
    if same and before[len(before) - same : len(before) - same + 1] == "\n":
        same -= before[len(before) - same - 1 : len(before) - same] == "\r"
    return (start, len(before) - same), after[start : len(after) - same]


def _place(file: HostFile, name: str) -> Place:
    return replace(file.place, keys=(*file.place.keys[:-1], name))
