"""How what is wrong is said; a secret that was written into the file is not repeated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from proxy.plain import plain
from proxy.secrecy import KEYRING
from proxy.telltale import SECRET_NAME

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_WORD = re.compile(r"[A-Za-z_-]{1,20}")
NO_SECRETS = (
    "secrets do not belong in this file; remove it, and replace the secret where it was issued"
)
KINDS: Final[Mapping[type, str]] = {
    bool: "true or false",
    str: "a string",
    int: "a whole number",
    float: "a number",
    list: "an array",
    dict: "a table",
}


def kept_as(name: str) -> str:
    """What to do with a secret that stands in the file."""
    return (
        "secrets do not belong in this file; replace it where it was issued, keep the new one "
        f'with `portico secrets set {plain(name)}`, and write "{KEYRING}{plain(name)}" here'
    )


def shown(value: object) -> str:
    """A wrong value as a message repeats it: words and numbers; of the rest only its kind."""
    if isinstance(value, str):
        # A token pasted into the wrong place must not travel on inside a message.
        return f'"{value}"' if _WORD.fullmatch(value) else "a text"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return plain(str(value), 40)
    return KINDS.get(type(value), "a date or time")


def unknown(key: str, value: object, allowed: Collection[str]) -> str:
    """What is said of a key that is not known: which was meant, or which there are."""
    near = meant(key, allowed)
    # A misspelt `token_origins` is a slip of the pen; any other token is a leak.
    if _holds_secret(key, value) and not SECRET_NAME.search(near):
        return NO_SECRETS
    return f"is not a key that Portico knows{near or '; allowed here: ' + ', '.join(allowed)}"


def _holds_secret(key: str, value: object) -> bool:
    if SECRET_NAME.search(key):
        return True
    return isinstance(value, dict) and any(_holds_secret(k, v) for k, v in value.items())


def meant(word: str, words: Collection[str]) -> str:
    """The word that was meant, where one is near, in brackets."""
    # Only somebody who made a mistake waits for this import.
    import difflib

    close = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return f' (did you mean "{close[0]}"?)' if close else ""
