"""Text from elsewhere, made safe to show to a person.

Titles come from the registry, names and questions from servers, arguments from models; what Portico
shows of them must not move a cursor, reverse a line, hide characters or turn into a link. What a
model reads is not rewritten by this.

Escape sequences (ECMA-48: CSI, and the strings OSC, DCS, SOS, PM and APC) and control characters
are taken out, tags and variation selectors too; what would reverse or hide text is shown as
`<U+202E>`. Nothing else is taken out: a sequence without an end loses its beginning alone, so that
no server can have the rest of a text swallowed.
"""

from __future__ import annotations

import json
import re
import unicodedata

_ESCAPES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\x9d\x90]{0,4096}(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]"
    r"|\x1b[ -/]{0,8}[0-Z\\^-~]"
)

# Printable by Unicode's word, and yet seen by nobody: fillers and joiners.
_FILLERS = frozenset((0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0))
_SELECTORS = (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_GONE = frozenset((*_SELECTORS, *range(0xE0000, 0xE0080)))


def plain(text: str, limit: int = 200) -> str:
    """`text` on one line of at most `limit` characters; a longer one ends in "…"."""
    shown = text[: 4 * limit]
    if not shown.isascii() or not shown.isprintable():
        shown = " ".join("".join(map(_seen, _ESCAPES.sub("", shown))).split())
    whole = len(shown) <= limit and len(text) <= 4 * limit
    return shown if whole else shown[: limit - 1] + "…"


def block(text: str) -> str:
    """`text` with its lines kept and its tabs widened."""
    if not text.isascii() or "\x1b" in text:
        text = _ESCAPES.sub("", text)
    return "\n".join(
        (line if line.isascii() and line.isprintable() else "".join(map(_seen, line))).rstrip()
        for line in (line.expandtabs(8) for line in text.splitlines())
    )


def exact(text: str) -> str:
    r"""`text` on one line with nothing taken out: what is not seen stands as `\u202e`.

    A person approves what they see here, so every character that would run has to show.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _is_seen(c) else _escape(c) for c in text)


def marked(text: str, limit: int) -> str:
    """Somebody else's words within Markdown, in which they mark nothing up."""
    shown = plain(text, limit)
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|~" else c for c in shown)


def unlinked(text: str) -> str:
    """Text that no editor turns into a link that says one thing and does another."""
    return text.replace("](", "] (")


def _is_seen(character: str) -> bool:
    code = ord(character)
    return character.isprintable() and code not in _FILLERS and code not in _GONE


def _seen(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    code = ord(character)
    if code in _GONE:
        return ""
    if character.isspace() and code < _UNUSUAL_SPACE:
        return " "
    kind = unicodedata.category(character)
    if kind == "Cc":
        return ""
    if kind == "Zs":
        return " "
    return character if _is_seen(character) else f"<U+{code:04X}>"


_UNUSUAL_SPACE = 0x2028
"""Below it, what counts as space is blanks and line breaks."""


def _escape(character: str) -> str:
    # JSON lets DEL stand as it is.
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]
