"""One thing to say about a place of a document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proxy.outline.place import Path, Span


class Severity(IntEnum):
    """How grave a finding is, by LSP's numbers."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say.

    Attributes:
        span: Where, as offsets into the text.
        severity: How grave it is.
        code: A stable word for what it is, listed in docs/editing-configuration.md.
        message: What is the matter and what helps, in sentences.
        path: The key that it is about.
    """

    span: Span
    severity: Severity
    code: str
    message: str
    path: Path = ()


INVALID = "configuration-invalid"
UNKNOWN_SERVER = "unknown-server"
NOT_OFFERED = "server-not-offered"
NOT_APPROVED = "server-not-approved"
BYPASS = "bypasses-portico"
UNREVIEWED_PROGRAM = "program-past-portico"
SECRET = "secret-in-plain-text"  # noqa: S105 - the word for one.
RENAMED = "tool-not-found"
OTHER_NAME = "tool-has-another-name"
LONG_NAME = "name-too-long"

CODES = (
    *(INVALID, UNKNOWN_SERVER, NOT_OFFERED, NOT_APPROVED, BYPASS, UNREVIEWED_PROGRAM, SECRET),
    *(RENAMED, OTHER_NAME, LONG_NAME),
)
"""Every code there is."""
