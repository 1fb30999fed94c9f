"""A value that must never be shown.

Tokens travel through the code inside a `Secret`, so that a log line, a traceback or a careless
f-string shows a mask. Only the line that puts the value on the wire calls `reveal`.
"""

from __future__ import annotations

import hmac
from typing import NoReturn


class Secret:
    """One secret string, masked wherever it is printed.

    Args:
        value: The secret itself, for example a bearer token without the word "Bearer".
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself. Call it only where it leaves for the wire or the sealed store."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(
            self._value.encode(), other._value.encode()
        )

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        msg = "a secret is not pickled"
        raise TypeError(msg)
