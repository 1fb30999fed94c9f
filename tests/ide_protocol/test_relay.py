"""The way back from a call to the client that made it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from ide_protocol.mcp.relay import CallRelay
from proxy.session import Session
from proxy.upstream.contract import LET_GO

if TYPE_CHECKING:
    from ide_protocol.dialogue import Dialogue


@pytest.mark.parametrize(
    ("resumes", "modern", "told"),
    [(True, False, True), (True, True, False), (False, False, False)],
)
def test_only_a_client_that_can_come_back_hears_that_a_stream_was_let_go(
    resumes: bool, modern: bool, told: bool
) -> None:
    """It is a word between the hub and its HTTP front; no client ever sees it."""
    said: list[tuple[str, Any]] = []
    dialogue = SimpleNamespace(hint=lambda method, params: said.append((method, params)))
    session = Session("mcp", resumes=resumes)
    relay = CallRelay(cast("Dialogue", dialogue), session, {}, {}, modern=modern, identifier="a")
    relay.notify({"jsonrpc": "2.0", "method": LET_GO, "params": {"retry": 5}})
    assert said == ([(LET_GO, {"retry": 5, "requestId": "a"})] if told else [])
