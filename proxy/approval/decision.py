"""How a question ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proxy.approval.reply import Answer, LeaseWish
    from proxy.approval.surface import Surface


@dataclass(frozen=True, slots=True)
class Decision:
    """What was said, and the surface that said or failed to say it.

    Attributes:
        asked: Unix seconds of the question, where the answer came with a later call.
    """

    answer: Answer
    surface: Surface
    lease: LeaseWish | None = None
    arguments: dict[str, Any] | None = None
    asked: float | None = None
