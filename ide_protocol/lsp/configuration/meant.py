"""What somebody may have meant who wrote a name that there is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def meant(word: str, words: Collection[str]) -> str:
    """The end of a sentence, with the closest of `words` where one is close."""
    found = close(word, words)
    return f'; did you mean "{found}"?' if found else "."


def close(word: str, words: Collection[str]) -> str:
    """The closest of `words`, or nothing."""
    import difflib  # Only somebody who made a mistake waits for it.

    found = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return found[0] if found else ""
