"""Text from elsewhere, made safe to show to a person.

Titles come from the registry and tool names from servers; what Portico shows must not move a
cursor, reverse a line, or hide characters. What a model reads is not rewritten by this.
"""

from __future__ import annotations


def plain(text: str, limit: int = 200) -> str:
    """`text` on one line, without control, format (bidi, zero-width, tag) or unassigned characters.

    Each run of such characters becomes one space; more than `limit` characters end in "…".
    """
    if not text.isprintable():
        text = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * limit]).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
