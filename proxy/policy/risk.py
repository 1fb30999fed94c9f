"""How dangerous a tool is, and when a person is asked: two words with an order.

The order is by strictness, so that "the stricter of two" is one comparison everywhere. `unknown`
stands above `write`, because a known write may be waived by the registry and an unknown never.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Risk(StrEnum):
    """What one call of a tool can do."""

    READ = "read"
    SENSITIVE_READ = "sensitive-read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"
    UNKNOWN = "unknown"


class Confirm(StrEnum):
    """When a person is asked before a call.

    `risky` asks for write, destructive and unknown tools.
    """

    NEVER = "never"
    RISKY = "risky"
    ALWAYS = "always"


RISKS = (Risk.READ, Risk.SENSITIVE_READ, Risk.WRITE, Risk.UNKNOWN, Risk.DESTRUCTIVE)
"""Every risk, the mildest first."""

RISKY = frozenset({Risk.WRITE, Risk.DESTRUCTIVE, Risk.UNKNOWN})
"""The risks that `Confirm.RISKY` asks about."""

DOES: Mapping[str, str] = {
    Risk.READ: "reads",
    Risk.SENSITIVE_READ: "reads sensitive data",
    Risk.WRITE: "writes",
    Risk.UNKNOWN: "has an unknown risk",
    Risk.DESTRUCTIVE: "is destructive",
}
"""What a call of each risk does, as the predicate of a sentence."""

_RISK_RANK = {risk: rank for rank, risk in enumerate(RISKS)}
_CONFIRM_RANK = {confirm: rank for rank, confirm in enumerate(Confirm)}


def graver(one: Risk, other: Risk) -> Risk:
    """The stricter of two risks."""
    return one if _RISK_RANK[one] >= _RISK_RANK[other] else other


def stricter(one: Confirm, other: Confirm) -> Confirm:
    """The one of two that asks more often."""
    return one if _CONFIRM_RANK[one] >= _CONFIRM_RANK[other] else other
