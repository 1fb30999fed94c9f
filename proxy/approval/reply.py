"""What a person said to a question, whole: the answer, and what they added to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Answer(StrEnum):
    """What a person said. Only `YES` lets a call run."""

    YES = "yes"
    NO = "no"
    STOP = "stop"
    """No, and no to every further call of this tool in this session, unasked."""
    SILENCE = "silence"
    GONE = "window gone"
    NOBODY = "nobody"
    """The surface had no person to show the question to."""


@dataclass(frozen=True, slots=True)
class LeaseWish:
    """A yes in advance, as a person wishes it.

    Attributes:
        minutes: How long it shall last.
        calls: How many further calls it shall let through.
        patterns: Argument -> glob that its text must match; empty takes the tool as it is called.
    """

    minutes: int
    calls: int
    patterns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person said to one question.

    Attributes:
        answer: The answer.
        lease: With a yes: the further calls that it is for as well.
        arguments: With a yes: what the call shall run with in place of its own arguments.
    """

    answer: Answer
    lease: LeaseWish | None = None
    arguments: dict[str, Any] | None = None
