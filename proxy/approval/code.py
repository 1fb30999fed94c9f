"""A one-time code: it shows that whoever sits at a terminal also sees a stronger surface.

A terminal proves nothing by itself, because an agent with a shell can make one. The code of a
question is shown where no model reads: in a paired editor, on Portico's page, or as a notification
of the desktop. It serves one question, and three wrong ones end its use.
"""

from __future__ import annotations

import hmac
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter or digit that looks like another."""

LENGTH = 8
TRIES = 3


class Code:
    """The code of one question."""

    __slots__ = ("_left", "_text")

    def __init__(self) -> None:
        self._text = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        self._left = TRIES

    @property
    def text(self) -> str:
        """As a person reads it: two groups of four."""
        return f"{self._text[:4]}-{self._text[4:]}"

    @property
    def spent(self) -> bool:
        """Whether no code can be right any more."""
        return self._left <= 0

    def fits(self, typed: str) -> bool:
        """Whether this is it, however it is spelt; each call is a try."""
        if self.spent:
            return False
        self._left -= 1
        bare = "".join(c for c in typed.upper() if c not in "- \t")
        return hmac.compare_digest(bare.encode(), self._text.encode())
