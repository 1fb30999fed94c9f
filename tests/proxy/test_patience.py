"""Which cancellations only say that a host waited no longer."""

from __future__ import annotations

import pytest

from proxy.exchange.patience import CLOSED, impatient


@pytest.mark.parametrize(
    ("reason", "gave_up"),
    [
        ("McpError: MCP error -32001: Request timed out", True),
        ("timed out after 60.0s", True),
        ("Timeout", True),
        ("The time-out of 60 s is over", True),
        ("deadline exceeded", True),
        (CLOSED, True),
        ("caller cancelled", False),
        ("AbortError: This operation was aborted", False),
        ("User requested cancellation", False),
        ("sometimes", False),
        ("", False),
        (None, False),
        (-32001, False),
    ],
)
def test_a_reason_that_tells_of_a_timeout_is_no_withdrawal(
    reason: object, *, gave_up: bool
) -> None:
    """The SDKs' own words for a timeout; anything else, and nothing, withdraws the question."""
    assert impatient(reason) is gave_up
