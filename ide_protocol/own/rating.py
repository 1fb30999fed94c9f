"""What a person thinks of a result: a thumb, on record beside the call that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auth.fault import Fault, Who
from ide_protocol.own.params import BadParams
from proxy.audit import Event, Record, Selection
from proxy.plain import plain

if TYPE_CHECKING:
    from ide_protocol.own.params import Params
    from proxy.hub import Hub
    from proxy.session import Session

NOTE = 500
"""Characters of a note that are kept."""

_THUMBS = frozenset({"up", "down"})


class NotYours(Fault):
    """There is no such record of a call of this user's."""

    reference = "record-not-yours"
    who = Who.PERSON
    remedy = "List the calls with `portico audit`; the first column is the number."


async def rate(hub: Hub, session: Session, params: Params) -> dict[str, Any]:
    """See `contract.RATE`. A later thumb takes the place of an earlier one in every figure.

    Raises:
        BadParams: It is no rating.
        NotYours: The record is nobody's call, somebody else's, or forgotten.
        AuditUnreadable: The audit cannot be read.
    """
    number, thumb, note = params.get("record"), params.get("thumb"), params.get("note", "")
    if type(number) is not int:
        raise BadParams("`record` is a record's number.")
    if thumb not in _THUMBS or not isinstance(note, str):
        raise BadParams("`thumb` is `up` or `down`, and a `note` is a text.")
    await hub.loaded()
    user = hub.identity.subject if hub.identity else ""
    # Numbers have no gaps, so this is the one record or none.
    found = await hub.journal.read(Selection(after=number - 1, before=number + 1), limit=1)
    rated = found[0] if found else None
    if rated is None or not rated["exchange"] or rated["user"] != user:
        raise NotYours(f"Record {number} is of no call of yours.")
    hub.journal.note(
        Record(
            at=hub.clock(),
            event=Event.RATED,
            exchange=rated["exchange"],
            user=user,
            host=plain(session.host, 80),
            server=rated["server"],
            tool=rated["tool"],
            risk=rated["risk"],
            outcome=thumb,
            summary=plain(note, NOTE),
        )
    )
    return {}
