"""Whether a result is larger than anybody wants to be sent. Pure, and it stops as soon as it is."""

from __future__ import annotations

from typing import Any

from auth.fault import Fault, Who

MOST_RESULT = 16 * 1024 * 1024
"""Bytes of text in a result, where portico.toml says nothing."""


class ResultTooLarge(Fault):
    """The call ran, and its result is larger than `results.most_megabytes` admits."""

    reference = "result-too-large"
    who = Who.EDITOR
    remedy = "Ask for less: fewer rows, a narrower range, or a page of them."


def exceeds(value: Any, most: int) -> bool:  # noqa: ANN401 - any JSON value.
    """Whether the texts in a JSON value take more than `most` bytes as UTF-8."""
    left, waiting = most, [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            left -= len(found) if found.isascii() else len(found.encode("utf-8", "surrogatepass"))
        elif isinstance(found, dict):
            waiting.extend(found.values())
            waiting.extend(found)
        elif isinstance(found, list):
            waiting.extend(found)
            left -= len(found)
        if left < 0:
            return True
    return False


def large(title: str, most: int) -> ResultTooLarge:
    """What a call ends in whose result is larger."""
    megabytes = most / (1024 * 1024)
    return ResultTooLarge(
        f"{title} did what was asked, and sent more than {megabytes:g} MB of results, which are"
        " not passed on."
    )
