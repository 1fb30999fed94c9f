"""Pages that a legacy server wants opened before a call, told to clients of either era. Pure.

MCP 2025-11-25 has an error for it (-32042, elicitation, "URL Elicitation Required Error"), which
2026-07-28 has retired and forbids. What it means is said there by a result that asks
(`input_required`): the call that comes back is the same call again, which the server had not begun.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from proxy.exchange.addressed import CALL, READ
from proxy.exchange.bridge import ELICIT, for_modern, named
from proxy.fault import NotApproved
from proxy.plain import plain
from proxy.upstream.era import MISSING_CAPABILITY
from proxy.wire import INTERNAL_ERROR

if TYPE_CHECKING:
    from proxy.exchange.call import Call
    from proxy.policy.offering import Offering

REQUIRED = -32042

STATE = "portico-page-"
"""What the `requestState` begins with of a call that comes back from a page."""

_RETURNING = frozenset({CALL, "prompts/get", READ})
"""The methods whose result may ask first (2026-07-28, multi round-trip requests)."""


def told(call: Call, offering: Offering, envelope: dict[str, Any]) -> dict[str, Any]:
    """An error as the client is to have it: as it came, unless it wants pages opened."""
    error = envelope["error"]
    if not isinstance(error, dict) or error.get("code") != REQUIRED:
        return envelope
    data = error.get("data")
    given = data if isinstance(data, dict) else {}
    pages = given.get("elicitations")
    pages = pages if isinstance(pages, list) else []
    if call.returns:
        return _modern(call, envelope, error, [page for page in pages if _is_page(page)])
    if not pages:
        return envelope
    said = [named(offering, ELICIT, page) if _is_page(page) else page for page in pages]
    return {**envelope, "error": {**error, "data": {**given, "elicitations": said}}}


def _modern(
    call: Call, envelope: dict[str, Any], error: dict[str, Any], pages: list[dict[str, Any]]
) -> dict[str, Any]:
    """The same for a modern client; the server is named where every question is."""
    if not pages or call.method not in _RETURNING:
        return {**envelope, "error": {**error, "code": INTERNAL_ERROR}}
    can = call.relay.capabilities.get("elicitation")
    if not isinstance(can, dict) or "url" not in can:
        needed: dict[str, Any] = {"requiredCapabilities": {"elicitation": {"url": {}}}}
        return {**envelope, "error": {**error, "code": MISSING_CAPABILITY, "data": needed}}
    asked = {
        f"page{place}": {"method": ELICIT, "params": for_modern(ELICIT, {**page, "mode": "url"})}
        for place, page in enumerate(pages, 1)
    }
    wanted = {"resultType": "input_required", "inputRequests": asked}
    kept = {key: value for key, value in envelope.items() if key != "error"}
    return {**kept, "result": {**wanted, "requestState": STATE + secrets.token_urlsafe(12)}}


def _is_page(page: object) -> bool:
    return isinstance(page, dict) and isinstance(page.get("url"), str)


def declined(params: dict[str, Any]) -> bool:
    """Whether a call comes back from a page that the person did not open."""
    state, given = params.get("requestState"), params.get("inputResponses")
    if not isinstance(state, str) or not state.startswith(STATE):
        return False
    answers = given.values() if isinstance(given, dict) else ()
    return not all(isinstance(one, dict) and one.get("action") == "accept" for one in answers)


def unopened(offering: Offering) -> NotApproved:
    """What such a call ends in."""
    return NotApproved(
        f"{plain(offering.title, 60)} wants a page opened first, and the user did not open it."
        " The call was not sent again.",
        remedy="Do not try it again unless the user asks for it.",
    )
