"""What can go wrong, said the same way everywhere.

A fault names *who* must act and *what* they do next, under a reference that never changes, so that
a log line, an editor's message and the docs page all speak of the same thing. It lives in the room
that knows nothing of the others, because every room raises faults.

Faults become JSON-RPC errors, tool errors, exit codes or log lines only at the border where they
leave Portico; nothing in between re-words them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping


class Who(StrEnum):
    """Who must act before it works."""

    PERSON = "you"
    COMPANY = "your company's platform team"
    OWNER = "the server's owner"
    EDITOR = "the editor or AI client"
    NOBODY = "nobody: it passes by itself"
    PORTICO = "Portico's developers"


class Fault(Exception):  # noqa: N818 - "fault" is the word of the docs; "FaultError" would say it twice.
    """One thing that went wrong.

    Args:
        message: What happened, as one sentence for a person.
        remedy: What `who` does next, as one sentence.
        data: Safe details (never a token, never an argument's value) for logs and JSON.
    """

    reference: ClassVar[str] = "internal-fault"
    who: ClassVar[Who] = Who.PORTICO
    remedy: str = "Report it with the log of `portico hub logs`."

    def __init__(
        self, message: str, *, remedy: str | None = None, data: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        if remedy is not None:
            self.remedy = remedy
        self.data: dict[str, object] = dict(data or {})

    def __str__(self) -> str:
        return self.message

    def sentence(self) -> str:
        """The fault as a person reads it: what happened, then what to do."""
        return f"{self.message} {self.remedy}"

    def as_json(self) -> dict[str, object]:
        """The fault as programs read it: `reference`, `message`, `who`, `remedy`, `data`."""
        return {
            "reference": self.reference,
            "message": self.message,
            "who": self.who.value,
            "remedy": self.remedy,
            **({"data": self.data} if self.data else {}),
        }
