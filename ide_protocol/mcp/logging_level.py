"""The levels of a server's log messages (RFC 5424, as MCP names them). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy.upstream.era import RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterable

LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
"""Every level, the most talkative first."""

LEVEL_KEY = RESERVED + "logLevel"
"""Where a modern request says from which level on it wants to hear."""


def loud_enough(level: object, wanted: str) -> bool:
    """Whether a message of `level` is to be heard; a level that nobody knows always is."""
    if level not in LEVELS or wanted not in LEVELS:
        return True
    return LEVELS.index(str(level)) >= LEVELS.index(wanted)


def most_talkative(levels: Iterable[str]) -> str:
    """The level that lets through whatever any of these does; empty when there are none."""
    return min(filter(LEVELS.__contains__, levels), key=LEVELS.index, default="")
