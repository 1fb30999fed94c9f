"""What can go wrong between the hub and a remote server, sorted by what helps."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from auth.fault import Fault, Who

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """What helps against a failure; only a transient one is retried by itself."""

    NEEDS_A_PERSON = "needs a person"
    PERMANENT = "permanent"
    TRANSIENT = "transient"


class UpstreamFault(Fault):
    """A remote server did not do what was asked.

    Attributes:
        kind: What helps.
        may_have_run: Whether the request may have reached the server and taken effect.
    """

    reference = "upstream-failed"
    who = Who.OWNER
    kind: ClassVar[Kind] = Kind.TRANSIENT
    may_have_run: bool = False
    remedy = "Portico tries again by itself; ask the server's owner if it lasts."

    def __init__(
        self,
        message: str,
        *,
        remedy: str | None = None,
        data: Mapping[str, object] | None = None,
        may_have_run: bool | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy, data=data)
        if may_have_run is not None:
            self.may_have_run = may_have_run


class UpstreamUnreachable(UpstreamFault):
    """Nobody listens there, or the connection broke before the request was sent."""

    reference = "upstream-unreachable"
    who = Who.NOBODY
    remedy = "Check the network or VPN; Portico tries again by itself."


class UpstreamSlow(UpstreamFault):
    """No answer within the time that the request was given."""

    reference = "upstream-slow"
    may_have_run = True


class UpstreamLost(UpstreamFault):
    """The connection ended after the request was sent and before its answer."""

    reference = "upstream-lost"
    may_have_run = True
    remedy = "Look whether the action took effect before you repeat it."


class UpstreamSignInNeeded(UpstreamFault):
    """The server or its gateway does not accept the user's token (HTTP 401)."""

    reference = "upstream-sign-in-needed"
    who = Who.PERSON
    kind = Kind.NEEDS_A_PERSON
    remedy = "Sign in again: run `portico login`, or use your editor's sign-in."


class UpstreamForbidden(UpstreamFault):
    """The gateway knows the user and refuses (HTTP 403)."""

    reference = "upstream-forbidden"
    who = Who.COMPANY
    kind = Kind.NEEDS_A_PERSON
    remedy = "Ask the server's owner for access."


class UpstreamMisplaced(UpstreamFault):
    """There is no MCP server at this address, or it moved (HTTP 404, 405, 3xx)."""

    reference = "upstream-misplaced"
    kind = Kind.PERMANENT
    remedy = "Ask the server's owner for its address and have the registry corrected."


class UpstreamMalformed(UpstreamFault):
    """The answer is not MCP: wrong content type, not JSON, not JSON-RPC, or too large."""

    reference = "upstream-malformed"
    kind = Kind.PERMANENT
    may_have_run = True
    remedy = "Show the server's owner this message."
