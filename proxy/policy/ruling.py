"""What can be said of a call: three words with an order, and a verdict with its reasons.

Deny beats ask beats allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from proxy.policy.strength import SURFACES

if TYPE_CHECKING:
    from proxy.policy.lease import LeaseLimits
    from proxy.policy.risk import Risk


class Ruling(StrEnum):
    """What a rule, or all of them together, say of a call."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


STERNNESS = (Ruling.ALLOW, Ruling.ASK, Ruling.DENY)
"""Every ruling, the mildest first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to a call, and why.

    Attributes:
        ruling: Allow, ask or deny.
        risk: The risk class the call was judged by.
        rule: Which rule decided, and where it stands.
        reason: The same for a person, as a sentence.
        remedy: What the person can do about a denial; empty otherwise.
        surfaces: The kinds of surface whose yes counts.
        unknown: Whether a denial answers exactly like a name that does not exist.
        sign_in: Whether a denial only means that somebody must sign in first.
        lease: The most that one yes may cover; None where it covers this call alone.
        open: Whether the arguments, which were not known, can still make it stricter.
    """

    ruling: Ruling
    risk: Risk
    rule: str
    reason: str
    remedy: str = ""
    surfaces: frozenset[str] = SURFACES
    unknown: bool = False
    sign_in: bool = False
    lease: LeaseLimits | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to a verdict, for whoever wants to follow it.

    Attributes:
        name: What was looked at.
        ruling: What it said; None where it said nothing.
        rule: Where what was looked at stands; empty where nothing does.
        finding: What was found, as a sentence.
    """

    name: str
    ruling: Ruling | None
    rule: str
    finding: str
