"""Why a cassette has no answer to a call, and which of its calls comes nearest. Pure."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from proxy.approval.change import changes
from proxy.cassette.scrub import scrubbed
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.approval.change import Change
    from proxy.cassette.cassette import Cassette, Track

_SHOWN = 3
"""Differences that are told of a nearest call."""

_WIDTH = 80


def missing(cassette: Cassette, server: str, tool: str, arguments: Mapping[str, object]) -> str:
    """Sentences on a call that is not in a cassette: what is nearest, and why it does not serve."""
    what = f"{plain(server, 60)}.{plain(tool, 128)}"
    kept = scrubbed(dict(arguments))
    asked = kept if isinstance(kept, dict) else {}
    same = [t for t in cassette.tracks.values() if (t.server, t.tool) == (server, tool)]
    if same:
        nearest = min(same, key=lambda track: _distance(track.arguments, asked))
        return (
            f"The cassette has no answer to {what} with these arguments. "
            f"The nearest of its {_count(len(same))} differs: {_differences(nearest, asked)}."
        )
    names = sorted({f"{track.server}.{track.tool}" for track in cassette.tracks.values()})
    close = difflib.get_close_matches(f"{server}.{tool}", names, n=1, cutoff=0.0)
    if not close:
        return f"The cassette is empty, so it has no answer to {what}."
    return f"The cassette has no call of {what}. The nearest that it has is {close[0]}."


def _distance(recorded: dict[str, object], asked: dict[str, object]) -> tuple[int, float]:
    """How many arguments differ, and where as many do, how little their texts are alike."""
    found = changes(recorded, asked)
    pairs = [(one.before or "", one.after or "") for one in found]
    alike = sum(difflib.SequenceMatcher(None, *pair).quick_ratio() for pair in pairs)
    return len(found), -alike


def _count(number: int) -> str:
    return "only call of it" if number == 1 else f"{number} calls of it"


def _differences(track: Track, asked: dict[str, object]) -> str:
    found = changes(track.arguments, asked)
    told = [_difference(one) for one in found[:_SHOWN]]
    more = len(found) - _SHOWN
    return "; ".join([*told, *([f"and {more} more"] if more > 0 else [])])


def _difference(change: Change) -> str:
    name = plain(change.path, _WIDTH)
    if change.before is None:
        return f"{name} was not given when it was recorded"
    if change.after is None:
        return f"{name} was {plain(change.before, _WIDTH)} and is not given now"
    return f"{name} was {plain(change.before, _WIDTH)} and is {plain(change.after, _WIDTH)} now"
