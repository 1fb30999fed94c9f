"""What HTTP answers mean."""

from __future__ import annotations

import pytest

from proxy.upstream.answer import is_answer, messages, refusal
from proxy.upstream.fault import (
    Kind,
    UpstreamFault,
    UpstreamForbidden,
    UpstreamMalformed,
    UpstreamMisplaced,
    UpstreamSignInNeeded,
)


@pytest.mark.parametrize(
    ("status", "not_now", "fault", "kind", "may_have_run"),
    [
        (301, False, UpstreamMisplaced, Kind.PERMANENT, False),
        (400, False, UpstreamMalformed, Kind.PERMANENT, False),
        (401, False, UpstreamSignInNeeded, Kind.NEEDS_A_PERSON, False),
        (403, False, UpstreamForbidden, Kind.NEEDS_A_PERSON, False),
        (404, False, UpstreamMisplaced, Kind.PERMANENT, False),
        (405, False, UpstreamMisplaced, Kind.PERMANENT, False),
        (429, True, UpstreamFault, Kind.TRANSIENT, False),
        (500, False, UpstreamFault, Kind.TRANSIENT, True),
        (502, True, UpstreamFault, Kind.TRANSIENT, True),
        (503, True, UpstreamFault, Kind.TRANSIENT, False),
        (503, False, UpstreamFault, Kind.TRANSIENT, True),
    ],
)
def test_a_status_says_who_can_help_and_whether_it_may_have_run(
    status: int, not_now: bool, fault: type[UpstreamFault], kind: Kind, may_have_run: bool
) -> None:
    """Each refusal has its class; a 503 alone proves nothing, one with Retry-After does."""
    found = refusal("presto", status, not_now=not_now)
    assert type(found) is fault
    assert (found.kind, found.may_have_run) == (kind, may_have_run)


def test_what_a_refusal_says_is_shown_short_and_plain() -> None:
    """At most 200 characters of a body, without anything that moves a cursor."""
    shown = refusal("presto", 400, "\x1b[2Jlimit\u202e " + "x" * 10_000).message
    assert shown.isprintable()
    assert len(shown) < 300


@pytest.mark.parametrize(
    "data", [b"<html>", b"[1]", b'"x"', b"[" * 100_000, b'{"id":NaN}', b"\xff"]
)
def test_what_is_not_json_rpc_is_refused_readably(data: bytes) -> None:
    """Garbage, deep nesting and foreign numbers end in one fault, never in a crash."""
    with pytest.raises(UpstreamMalformed, match="presto sent"):
        list(messages("presto", data))


def test_a_result_must_name_the_request_and_an_error_need_not() -> None:
    """Servers that cannot read a request answer with an error under another id."""
    assert is_answer({"id": 7, "result": {}}, 7)
    assert not is_answer({"id": 8, "result": {}}, 7)
    assert is_answer({"id": None, "error": {"code": 1}}, 7)
    assert not is_answer({"id": 7, "method": "ping"}, 7)
