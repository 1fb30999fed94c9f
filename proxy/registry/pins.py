"""The digests in a governance block, by which one reviewer serves the whole company."""

from __future__ import annotations

from typing import Any

from proxy.trust.digest import SHAPE
from proxy.trust.pin import NO_PINS, CompanyPins

_KEYS = frozenset({"toolsDigest", "tools", "instructions"})


def read_pins(said: object) -> CompanyPins | None:
    """What `pins` of a block says; None when any of it cannot be understood.

    A digest that is misspelt must not look like none, so the caller withholds the server.
    """
    if said is None:
        return NO_PINS
    if not isinstance(said, dict) or not set(said) <= _KEYS:
        return None
    listed = said.get("tools", {})
    tools = (
        {name: _digests(one) for name, one in listed.items()} if isinstance(listed, dict) else None
    )
    whole, instructions = _some(said, "toolsDigest"), _some(said, "instructions")
    if tools is None or whole is None or instructions is None:
        return None
    known = {name: digests for name, digests in tools.items() if digests is not None}
    return CompanyPins(known, whole, instructions) if len(known) == len(tools) else None


def _some(said: dict[str, Any], key: str) -> frozenset[str] | None:
    return _digests(said[key]) if key in said else frozenset()


def _digests(said: object) -> frozenset[str] | None:
    """One digest or a list of them; None when it is anything else, or an empty list."""
    every = [said] if isinstance(said, str) else said
    if not isinstance(every, list) or not every:
        return None
    fit = [one for one in every if isinstance(one, str) and SHAPE.fullmatch(one)]
    return frozenset(fit) if len(fit) == len(every) else None
