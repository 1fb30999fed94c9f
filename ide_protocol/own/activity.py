"""What happened, for whoever looks: pages of the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ide_protocol.own.params import BadParams
from proxy.audit import Selection

if TYPE_CHECKING:
    from ide_protocol.own import contract
    from proxy.hub import Hub

_MOST = 10_000
"""Records of one page."""

_PAGE = 50

_NUMBERS = ("after", "before")
_TIMES = ("since", "until")
_TEXTS = ("server", "tool", "event", "outcome", "exchange")


async def activity(hub: Hub, params: dict[str, Any]) -> contract.Activity:
    """See `contract.ACTIVITY`.

    Raises:
        BadParams: A filter is of another type than the contract says.
        AuditUnreadable: The audit cannot be read.
    """
    limit = params.get("limit", _PAGE)
    if type(limit) is not int or not 0 < limit <= _MOST:
        raise BadParams(f"`limit` is a whole number from 1 to {_MOST}.")
    # One more than was asked for tells whether there are more.
    found = await hub.journal.read(selection(params), limit=limit + 1)
    records = cast("list[contract.Record]", found[-limit:])
    return {"records": records, "more": len(found) > limit}


def selection(params: dict[str, Any]) -> Selection:
    """The records that a request wants.

    Raises:
        BadParams: A filter is of another type than the contract says.
    """
    said = {
        **_typed(params, _NUMBERS, (int,), "a record's number"),
        **_typed(params, _TIMES, (int, float), "a time in Unix seconds"),
        **_typed(params, _TEXTS, (str,), "a text"),
    }
    return Selection(**said)


def _typed(
    params: dict[str, Any], names: tuple[str, ...], kinds: tuple[type, ...], what: str
) -> dict[str, Any]:
    found = {name: params[name] for name in names if params.get(name) is not None}
    for name, value in found.items():
        if type(value) not in kinds:
            raise BadParams(f"`{name}` is {what}.")
    return found
