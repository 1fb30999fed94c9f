"""Several lines from elsewhere, made safe to show.

`proxy.plain` makes one short line of anything; results and arguments need their lines and columns
kept, so the same rule is applied here character by character: what is not printable moves no
cursor and hides nothing.
"""

from __future__ import annotations

import contextlib
import json


def block(text: str) -> str:
    """`text` with its lines kept, tabs widened, and every unprintable character a space."""
    return "\n".join(_legible(line.expandtabs(8)) for line in text.splitlines())


def exact(arguments: str) -> str:
    r"""The JSON text `arguments`, indented, with unprintable characters as visible escapes.

    A person approves what they see here, so nothing is left out: a hidden character shows as
    `\u202e`, and text that is not JSON is shown as it came, escaped likewise.
    """
    # What is not JSON is shown as it is: hiding it would hide what is approved.
    with contextlib.suppress(ValueError, RecursionError):
        arguments = json.dumps(json.loads(arguments), indent=2, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == "\n" else _escape(c) for c in arguments)


def _legible(line: str) -> str:
    return line if line.isprintable() else "".join(c if c.isprintable() else " " for c in line)


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1] if not character.isascii() else f"\\u{ord(character):04x}"
