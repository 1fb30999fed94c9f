"""What a pin is given to: SHA-256 over what a tool is, or over a server's instructions. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "sha256:"
SHAPE = re.compile(r"sha256:[0-9a-f]{64}")
"""What a digest looks like in a registry, for `fullmatch`."""

_LOOSE = frozenset({"_meta", "icons"})
"""What of a definition no model reads; some servers put the time of day into it."""


def pinned(definition: Mapping[str, Any]) -> dict[str, Any]:
    """What of a definition a pin is given to: everything but `_meta` and `icons`."""
    return {key: value for key, value in definition.items() if key not in _LOOSE}


def digest(definition: Mapping[str, Any]) -> str:
    """The digest of one tool, whatever the order of its keys."""
    return _sha256(json.dumps(pinned(definition), sort_keys=True, separators=(",", ":")))


def of_text(text: str) -> str:
    """The digest of a server's instructions."""
    return _sha256(json.dumps(text))


def of_all(digests: Mapping[str, str]) -> str:
    """The digest of a whole list of tools: over each name with its tool's digest."""
    return _sha256(json.dumps(digests, sort_keys=True, separators=(",", ":")))


def _sha256(text: str) -> str:
    # ASCII, because a lone surrogate is legal in JSON and impossible in UTF-8.
    return PREFIX + hashlib.sha256(text.encode("ascii")).hexdigest()
