"""Text from elsewhere, made safe to show to a person.

Titles come from the registry and tool names from servers; what Portico shows must not move a
cursor, reverse a line, or hide characters. What a model reads is not rewritten by this.
"""

from __future__ import annotations


def plain(text: str, limit: int = 200) -> str:
    """`text` on one line, without control, format (bidi, zero-width, tag) or unassigned characters.

    Each run of such characters becomes one space; more than `limit` characters end in "…".
    """
    shown = text[: 4 * limit]
    if not shown.isascii() or not shown.isprintable():
        shown = " ".join("".join(map(_seen, shown)).split())
    whole = len(shown) <= limit and len(text) <= 4 * limit
    return shown if whole else shown[: limit - 1] + "…"


# Printable by Unicode's word, and yet seen by nobody: fillers, joiners, variation selectors.
_UNSEEN = frozenset(
    map(
        chr,
        (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)),
    )
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def _seen(character: str) -> str:
    return character if character.isprintable() and character not in _UNSEEN else " "
