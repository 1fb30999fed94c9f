"""What the audit keeps of a call's arguments: enough to recognise it, nothing worth stealing."""

from __future__ import annotations

import hmac
import json
import re
from typing import TYPE_CHECKING

from proxy import wire
from proxy.plain import plain
from proxy.telltale import PERHAPS_SECRET, WITHHELD

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHOWN_KEYS = 12
_SHOWN_CHARACTERS = 400
# Lower-case words, as tables, columns and sentences have them. Keys and passwords mix in digits or
# capitals; whoever finds a value withheld still finds equal ones by the digest.
_NAME = re.compile(r"(?=.{1,40}$)[a-z]{1,16}(?:[._/ -][a-z]{1,16})*")
_LARGEST_NUMBER = 10**6

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def digest(key: bytes, arguments: object) -> str:
    """Keyed digest of the arguments, the same for the same JSON value whatever its keys' order."""
    return hmac.digest(key, _canonical(arguments).encode("ascii"), "sha256").hex()


def summary(arguments: Mapping[str, object]) -> str:
    """One line: each argument's name with its value, or with the value's size.

    Shown are booleans, null, numbers below a million and short strings of lower-case words, unless
    the argument's own name sounds like a secret.
    """
    shown = [
        f"{plain(name, 40)}={_value(name, value)}"
        for name, value in list(arguments.items())[:_SHOWN_KEYS]
    ]
    if len(arguments) > _SHOWN_KEYS:
        shown.append(f"and {len(arguments) - _SHOWN_KEYS} more")
    return plain(" ".join(shown), _SHOWN_CHARACTERS)


def _value(name: str, value: object) -> str:
    if PERHAPS_SECRET.search(name):
        return WITHHELD
    if value is None or isinstance(value, bool | int | float):
        small = value is None or abs(value) < _LARGEST_NUMBER
        return wire.encode(value).decode()[:24] if small else "[number]"
    if isinstance(value, str):
        return value if _NAME.fullmatch(value) else f"[{len(value)} characters]"
    if isinstance(value, list):
        return f"[{len(value)} items]"
    return f"[{len(value)} fields]" if isinstance(value, dict) else "[value]"
