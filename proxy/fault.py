"""How a call can end without having been sent."""

from __future__ import annotations

from typing import ClassVar

from auth.fault import Fault, Who


class UnknownTool(Fault):
    """Nothing of that name is known to this user; a hidden tool answers exactly so."""

    reference = "unknown-tool"
    who = Who.EDITOR
    remedy = "List the tools again; names never change, but servers come and go."


class Denied(Fault):
    """The call was not sent: policy forbids it."""

    reference = "denied-by-policy"
    who = Who.PERSON


class NotApproved(Fault):
    """The call was not sent: no person said yes to it."""

    reference: ClassVar[str] = "not-approved"
    who = Who.PERSON


class Internal(Fault):
    """A mistake of Portico's own; the log has the details."""

    reference = "internal-fault"
    remedy = "Report it with the log of `portico hub logs`."
