"""Text as it was before a terminal's width broke it, for tests that look for words in it."""

from __future__ import annotations


def unbroken(text: str) -> str:
    """A text without any space, so that it does not matter where its lines break."""
    return "".join(text.split())
