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
    """A person was asked about a call, on `surface`."""
    ANSWERED = "answered"
    """How the question ended; `outcome` is the answer, `surface` gave it."""
    WITHDRAWN = "withdrawn"
    """The question on `surface` ended unanswered, because its call was given up."""
    REFUSED_SURFACE = "refused-surface"
    """A yes came from a `surface` where it does not count; `outcome` is why."""
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
    RATED = "rated"
    """What a person thinks of a result: `outcome` is `up` or `down`, `summary` their own words."""
    EXPIRED = "expired"
    """A call that waited at its server for the client's answers was given up; `outcome` is why."""
    OUTCOME = "outcome"
    """How an exchange ended; every exchange has exactly one."""
    CHECKPOINT = "checkpoint"
    """Old records were forgotten; `outcome` is the head that they ended in."""


class Outcome(StrEnum):
    """How an exchange ends."""

    REPLIED = "replied"
    """The server answered; `reference` is `ANSWERED_WITH_ERROR` where it said that it failed."""
    RETURNED = "returned"
    """The client got a question as its result, and calls again with the answer."""
    DENIED = "denied"
    FAILED = "failed"
    CANCELLED = "cancelled"


ANSWERED_WITH_ERROR = "answered-with-error"
"""The reference of an exchange whose server answered with an error of its own; no fault of ours."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the audit.

    Attributes:
        at: Unix seconds.
        exchange: Names the call that the record belongs to; empty outside one.
        user: The issuer's subject; empty when nobody is signed in.
        host: The client that asked.
        surface: Where a person was asked, or answered.
        outcome: An `Outcome`, or what `event` says of it.
        reference: The fault's reference when the exchange failed or was denied.
        milliseconds: From arrival to outcome; of an answer, from question to answer.
        waited: How many of them the exchange waited for a person.
        minutes: What one successful call saves a person, by the owner's estimate of that day.
        digest: Keyed digest of the arguments (HMAC-SHA-256, hex): equal arguments can be found,
            and short ones cannot be guessed by somebody who reads the audit alone.
        summary: The arguments' names, with those values that are safe to show.
        payload: Arguments or result, redacted; empty unless the configuration wants it.
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
    surface: str = ""
    outcome: str = ""
    reference: str = ""
    milliseconds: float | None = None
    waited: float | None = None
    minutes: float | None = None
    digest: str = ""
    summary: str = ""
    payload: str = ""


COLUMNS = tuple(Record.__slots__)
"""The columns of the audit's table that a record fills, in the order of its fields."""
