"""Characters that nobody sees, that reverse a line, that drive a terminal or pose as other letters.

Text in every language has some of them for good reasons: a selector behind an emoji, a joiner in
Hindi, a mark in Hebrew. Those pass. Everything else that a person who reads a definition could not
see is reported, because a model does see it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from proxy.trust.flag import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")
_ODD = re.compile(r"[^\x00-\x7f]")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_STYLED = re.compile(r"[\U0001d400-\U0001d7ff]{3,}")
_REGIONS = re.compile(
    "\U0001f3f4\U000e0067\U000e0062"
    "(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)"
    "\U000e007f"
)
"""The flags of England, Scotland and Wales, which Unicode writes with tags."""

_TAGS = range(0xE0000, 0xE0080)
_BIDI = frozenset((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_MARKS = frozenset((0x200E, 0x200F, 0x061C))
_JOINERS = frozenset((0x200C, 0x200D))
_SELECTORS = frozenset((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
_UNSEEN = frozenset((0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164, 0xFFA0))
_SOFT_HYPHEN = 0xAD
_ZERO_WIDTH_SPACE = 0x200B
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese and Khmer, which mark where a line may break."""

_NEW_EMOJI = range(0x1F000, 0x1FB00)
"""Python knows the emoji of its own year; a later one is unassigned to it."""

_FOREIGN = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})


def hidden(text: str) -> Iterator[tuple[Flag, str]]:
    """Each flag that the characters of `text` raise, with the place that raised it."""
    found = _CONTROLS.search(text)
    if found is not None:
        yield Flag.ESCAPE, _around(text, found.start())
    if text.isascii():
        return
    raised: set[Flag] = set()
    seen = _REGIONS.sub("", text)
    for place in _ODD.finditer(seen):
        flag = _flag(seen, place.start())
        if flag is not None and flag not in raised:
            raised.add(flag)
            yield flag, _around(seen, place.start())
    word = next(_imitations(seen), None)
    if word is not None:
        yield Flag.IMITATION, word


def unhidden(text: str) -> str:
    """`text` in lower case as its sound would be: look-alikes in style folded, the unseen gone."""
    if not text.isascii():
        text = "".join(
            c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf"
        )
        text = text.replace("\u2019", "'")
    return " ".join(text.casefold().split())


def look_alike(letter: str) -> str:
    """The ASCII letter that a letter of another script looks like; empty when there is none."""
    # The table of Unicode's security report takes a quarter of a second to load, and hardly any
    # server has a name or a word that needs it.
    from confusable_homoglyphs import confusables

    found = confusables.confusables_data.get(letter, ())
    return next((one["c"] for one in found if len(one["c"]) == 1 and one["c"].isascii()), "")


def _flag(text: str, place: int) -> Flag | None:
    code, before = ord(text[place]), text[place - 1 : place]
    if code in _BIDI:
        return Flag.REVERSED
    if code in _MARKS:
        rightward = any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)
        return None if rightward else Flag.REVERSED
    return None if _in_place(code, text[place], before) else Flag.HIDDEN


def _in_place(code: int, character: str, before: str) -> bool:
    """Whether a character is seen, or is unseen for one of the good reasons."""
    if code in _JOINERS:
        return bool(before) and unicodedata.category(before) in {"So", "Sk", "Mn", "Mc", "Lo"}
    if code in _SELECTORS:
        letter = before.isascii() and before.isalpha()
        return bool(before) and ord(before) not in _SELECTORS and not letter
    if code == _ZERO_WIDTH_SPACE:
        return _UNSPACED.match(before) is not None
    if code in _UNSEEN:
        return False
    kind = unicodedata.category(character)
    if kind in {"Cf", "Cn", "Co", "Cs", "Zl", "Zp"}:
        return code == _SOFT_HYPHEN or (kind == "Cn" and code in _NEW_EMOJI)
    return True


def _imitations(text: str) -> Iterator[str]:
    """Words that pose as Latin: some letters of another script, or all, in a Latin text."""
    styled = _STYLED.search(text)
    if styled is not None:
        yield styled[0][:40]
    whole: list[str] = []
    for word in _WORDS.findall(text):
        if word.isascii():
            continue
        scripts = {unicodedata.name(c, "?").partition(" ")[0] for c in word}
        foreign = [c for c in word if unicodedata.name(c, "?").partition(" ")[0] in _FOREIGN]
        if not foreign:
            continue
        if "LATIN" in scripts and any(look_alike(c) for c in foreign):
            yield word
        elif scripts == {"CYRILLIC"}:
            whole.append(word)
    # A word that is Cyrillic from end to end is Russian, unless nothing else in the text is.
    if whole and all(all(look_alike(c) for c in word) for word in whole):
        yield whole[0]


def _around(text: str, place: int) -> str:
    """The words around a place, with what tags say there in letters."""
    found = text[max(0, place - 20) : place + 60]
    return "".join(chr(ord(c) - _TAGS[0]) if ord(c) in _TAGS else c for c in found)
