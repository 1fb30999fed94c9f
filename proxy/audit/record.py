"""The words of the audit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    """What a record is about."""

    SIGNED_IN = "signed-in"
    SIGNED_OUT = "signed-out"
    PAIRED = "paired"
    """A person accepted an editor on the page that ends the sign-in; `host` names the editor."""
    ASKED = "asked"
    """A person was asked about a call; `outcome` names the surface."""
    ANSWERED = "answered"
    """How the question ended; `outcome` is the answer, `rule` the surface that gave it."""
    WITHDRAWN = "withdrawn"
    """The question ended unanswered, because its call was given up; `rule` is the surface."""
    REFUSED_SURFACE = "refused-surface"
    """A yes came from where it does not count; `outcome` names that surface, `rule` says why."""
    EDITED = "edited"
    """The person corrected the arguments; digest and summary are those that run from here on."""
    LEASED = "leased"
    """A person gave a lease; `rule` names it, `outcome` says how far it goes."""
    LEASE_USED = "lease-used"
    """A lease said yes in the person's place; `rule` names it."""
    QUARANTINED = "quarantined"
    """A server or tool was blocked; `outcome` is why."""
    PIN_ACCEPTED = "pin-accepted"
    """What a server or tool has become was accepted; `outcome` is its digest, `rule` who did."""
    INTENT = "intent"
    """Committed before a call is sent; a call without one never left."""
    EXPIRED = "expired"
    """A call that waited at its server for the client's answers was given up there."""
    OUTCOME = "outcome"
    """How an exchange ended; every exchange has exactly one."""


class Outcome(StrEnum):
    """How an exchange ends."""

    REPLIED = "replied"
    DENIED = "denied"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the audit.

    Attributes:
        at: Unix seconds.
        exchange: Names the call that the record belongs to; empty outside one.
        user: The issuer's subject; empty when nobody is signed in.
        host: The client that asked.
        outcome: An `Outcome`, or what `event` says of it.
        reference: The fault's reference when the exchange failed or was denied.
        milliseconds: From arrival to outcome.
        digest: Keyed digest of the arguments (HMAC-SHA-256, hex): equal arguments can be found,
            and short ones cannot be guessed by somebody who reads the audit alone.
        summary: The arguments' names, with those values that are safe to show.
    """

    at: float
    event: Event
    exchange: str = ""
    user: str = ""
    host: str = ""
    server: str = ""
    tool: str = ""
    risk: str = ""
    verdict: str = ""
    rule: str = ""
    outcome: str = ""
    reference: str = ""
    milliseconds: float | None = None
    digest: str = ""
    summary: str = ""


COLUMNS = tuple(Record.__slots__)
"""The columns of the journal's table, in the order of a record's fields."""
