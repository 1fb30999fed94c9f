"""The file: servers with their tools, and calls with their answers, as JSON that people can read.

Format 1. A call's `key` is a digest of server, tool and *scrubbed* arguments, so that no digest
gives a secret away to whoever guesses it. Several answers to one call stand in their order.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NotRequired, TypedDict

from auth.fault import Fault, Who
from proxy.cassette.scrub import scrubbed

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT: Final = 1
SUFFIX: Final = ".cassette.json"


class CassetteUnusable(Fault):
    """A cassette cannot be read, or a file in its place is none."""

    reference = "cassette-unusable"
    who = Who.PERSON
    remedy = "Name a file that `portico record` wrote, or a new one to record into."


class Recorded(TypedDict):
    """One answer: `recorded` is a time by ISO 8601 in UTC; either `result` or `error`."""

    recorded: str
    result: NotRequired[dict[str, Any]]
    error: NotRequired[dict[str, Any]]


class Shelf(TypedDict):
    """A server as it was: its title and its tools, verbatim; `read` names those that only read."""

    title: str
    tools: list[dict[str, Any]]
    read: list[str]


@dataclass(slots=True)
class Track:
    """One call, and what was answered each time that it was made."""

    server: str
    tool: str
    arguments: dict[str, Any]
    answers: list[Recorded] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What the call is found by."""
        return key(self.server, self.tool, self.arguments)


@dataclass(slots=True)
class Cassette:
    """Everything in one file."""

    servers: dict[str, Shelf] = field(default_factory=dict)
    tracks: dict[str, Track] = field(default_factory=dict)

    def find(self, server: str, tool: str, arguments: Mapping[str, Any]) -> Track | None:
        """The recorded call that is this one."""
        return self.tracks.get(key(server, tool, arguments))

    def track(self, server: str, tool: str, arguments: Mapping[str, Any]) -> Track:
        """The place of a call, made where there is none."""
        kept = scrubbed(dict(arguments))
        found = Track(server, tool, kept if isinstance(kept, dict) else {})
        return self.tracks.setdefault(found.key, found)

    def text(self) -> str:
        """The file."""
        return _dump(
            {
                "portico": "cassette",
                "format": FORMAT,
                "servers": {name: self.servers[name] for name in sorted(self.servers)},
                "calls": [
                    {
                        "server": track.server,
                        "tool": track.tool,
                        "arguments": track.arguments,
                        "key": track.key,
                        "answers": track.answers,
                    }
                    for track in sorted(self.tracks.values(), key=_order)
                ],
            }
        )


def key(server: str, tool: str, arguments: Mapping[str, Any]) -> str:
    """What a call is found by: equal for calls that differ in secrets or in the order of keys."""
    what = json.dumps([server, tool, scrubbed(dict(arguments))], sort_keys=True, ensure_ascii=True)
    return f"sha256:{hashlib.sha256(what.encode('ascii')).hexdigest()}"


def read(text: str, name: str) -> Cassette:
    """A cassette from the text of its file.

    Raises:
        CassetteUnusable: It is none, or of a format of the future.
    """
    try:
        held = json.loads(text)
        _check(held["portico"], held["format"], name)
        found = Cassette({server: _shelf(shelf) for server, shelf in held["servers"].items()})
        for call in held["calls"]:
            track = Track(call["server"], call["tool"], dict(call["arguments"]))
            track.answers = [_answer(answer) for answer in call["answers"]]
            found.tracks[track.key] = track
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        msg = f"{name} is not a cassette."
        raise CassetteUnusable(msg) from wrong
    return found


def _check(kind: object, number: object, name: str) -> None:
    if kind != "cassette":
        msg = f"{name} is not a cassette."
        raise CassetteUnusable(msg)
    if number != FORMAT:
        msg = f"{name} is a cassette of format {number}, which this Portico cannot read."
        raise CassetteUnusable(msg, remedy="Use the Portico that recorded it, or record anew.")


def _shelf(held: dict[str, Any]) -> Shelf:
    tools = [tool for tool in held["tools"] if isinstance(tool["name"], str)]
    return {"title": str(held["title"]), "tools": tools, "read": [str(n) for n in held["read"]]}


def _answer(held: dict[str, Any]) -> Recorded:
    answer: Recorded = {"recorded": str(held["recorded"])}
    if isinstance(held.get("error"), dict):
        answer["error"] = held["error"]
    else:
        answer["result"] = dict(held["result"])
    return answer


def _order(track: Track) -> tuple[str, str, str]:
    return track.server, track.tool, _dump(track.arguments)


def _dump(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
