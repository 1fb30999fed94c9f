"""Questions for tests: each says only what it is about."""

from __future__ import annotations

from typing import Any

from proxy.approval import Question
from proxy.policy.offering import Owner
from proxy.policy.risk import Risk


def about(**fields: Any) -> Question:  # noqa: ANN401 - fields of a question.
    """A question about one destructive call, with these fields in place of its own."""
    drop: dict[str, Any] = {
        "server": "presto",
        "title": "Presto",
        "owner": Owner(),
        "reviewed": True,
        "tool": "drop",
        "risk": Risk.DESTRUCTIVE,
        "arguments": "{}",
        "digest": "d",
        "reason": "r",
        "host": "Agent",
        "workspace": None,
        "deadline": 60.0,
    }
    return Question(**{**drop, **fields})
