"""The virtual documents of a review: the calls, and both sides of each comparison.

portico-review:/calls.md                      what waits, and what is held back
portico-review:/before/DIGEST.json            the arguments of the last approved call
portico-review:/after/DIGEST.json             the arguments that wait for a yes
portico-review:/trusted/SERVER/TOOL.json      a tool as it was trusted
portico-review:/now/SERVER/TOOL.json          the same tool as it is now
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from auth.fault import Fault, Who

SCHEME = "portico-review"
CALLS = f"{SCHEME}:/calls.md"
INSTRUCTIONS = "(instructions)"
"""Stands for a server's instructions, where the name of a tool would be."""

_SIDES = {"before": 1, "after": 1, "trusted": 2, "now": 2}
"""Which names a document's address begins with, and how many parts follow."""


class NoSuchDocument(Fault):
    """The address is none of the review's, or what it showed is gone."""

    reference = "no-such-document"
    who = Who.EDITOR
    remedy = "Ask for the review again: portico/review names every document of it."


def uri(side: str, *parts: str) -> str:
    """The address of one side of a comparison."""
    named = "/".join(quote(part or INSTRUCTIONS, safe="") for part in parts)
    return f"{SCHEME}:/{side}/{named}.json"


def parts(address: str) -> tuple[str, ...]:
    """The side that an address is of, and what it names.

    Raises:
        NoSuchDocument: It is none of ours.
    """
    scheme, _, path = address.partition(":")
    side, *named = unquote_each(path.lstrip("/").removesuffix(".json"))
    if scheme == SCHEME and len(named) == _SIDES.get(side):
        return side, *named
    raise NoSuchDocument("There is no such document in this review.")


def unquote_each(path: str) -> list[str]:
    """The parts of a path; editors write addresses each in their own way."""
    return [unquote(part) for part in path.split("/")]
