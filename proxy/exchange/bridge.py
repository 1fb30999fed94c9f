"""Questions that a server puts to the person, carried between the eras.

A modern server does not ask; it *returns* what it wants to know (`input_required`, the multi
round-trip requests of MCP 2026-07-28) and expects the same call again with the answers. A legacy
client waits to *be asked*. What follows decides what to say to whom; the waiting is the caller's.

A server's question always says whose it is, so that no server can dress it as Portico's own.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from proxy.plain import plain
from proxy.trust.elicitation import screened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from proxy.policy.offering import Offering

ROUNDS = 10
"""How often one call may come back with another question."""

ELICIT = "elicitation/create"

_OURS = ("portico.", "portico-")
PARKED = "portico.parked."
"""What a handle to a call begins with that waits at a legacy server."""


def wants_input(envelope: Mapping[str, Any]) -> dict[str, Any] | None:
    """The result of an answer that asks for input first, or None for any other answer."""
    result = envelope.get("result")
    if isinstance(result, dict) and result.get("resultType") == "input_required":
        return result
    return None


def poses(envelope: Mapping[str, Any]) -> bool:
    """Whether a server's answer asks in Portico's own name.

    Portico's own handles begin alike. With one of them a server's question would pass for one that
    has been named and looked at.
    """
    wanted = wants_input(envelope)
    return wanted is not None and str(wanted.get("requestState")).startswith(_OURS)


def questions(wanted: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each question in an `input_required` result as key, method and params."""
    requests = wanted.get("inputRequests")
    if isinstance(requests, dict):
        for key, request in requests.items():
            if isinstance(request, dict) and isinstance(request.get("method"), str):
                params = request.get("params")
                yield key, request["method"], params if isinstance(params, dict) else {}


def named(offering: Offering, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The params of a server's question as a person is shown it: named, and safe to show.

    Raises:
        Fault: It is not one to pass on, see `proxy.trust.elicitation`.
    """
    if method != ELICIT:
        return params
    title = plain(offering.title, 60)
    shown = screened(title, params)
    who = f"{title} (run by {plain(offering.owner.team, 60)})" if offering.owner.team else title
    return {**shown, "message": f"{who} asks: {shown['message']}"}


def named_all(offering: Offering, envelope: dict[str, Any], wanted: dict[str, Any]) -> None:
    """The same for every question of an `input_required` answer, in place."""
    asked = {
        key: {"method": method, "params": named(offering, method, params)}
        for key, method, params in questions(wanted)
    }
    original = wanted.get("inputRequests")
    if str(wanted.get("requestState")).startswith(PARKED):
        return  # They came as requests, and were named then.
    if asked and isinstance(original, dict):
        merged = {key: {**original[key], **asked[key]} for key in asked}
        envelope["result"] = {**wanted, "inputRequests": {**original, **merged}}


def retry(
    params: dict[str, Any], wanted: dict[str, Any], answers: dict[str, Any]
) -> dict[str, Any]:
    """The params of the same call again, with the answers and the server's state as it gave it."""
    again = {key: value for key, value in params.items() if key != "requestState"}
    if "requestState" in wanted:
        again["requestState"] = wanted["requestState"]
    return {**again, "inputResponses": answers}


def for_modern(method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The params of a legacy server's question as a modern client is asked it.

    Without `elicitationId`, which 2026-07-28 has dropped, and without the token of a progress that
    nobody could send.
    """
    dropped = {"elicitationId"} if method == ELICIT else set()
    kept = {key: value for key, value in params.items() if key not in dropped | {"_meta"}}
    meta = params.get("_meta")
    if isinstance(meta, dict):
        rest = {key: value for key, value in meta.items() if key != "progressToken"}
        return {**kept, "_meta": rest} if rest else kept
    return kept


def for_legacy(method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The params of a modern server's question as a legacy client is asked it.

    A question that sends the person to a page has to have an id there (2025-11-25, elicitation).
    """
    if method != ELICIT or params.get("mode") != "url" or "elicitationId" in params:
        return params
    return {**params, "elicitationId": state_key(params)[:32]}


def state_key(state: object) -> str:
    """A short name for a server's opaque `requestState`."""
    return hashlib.sha256(repr(state).encode("utf-8", "surrogatepass")).hexdigest()
