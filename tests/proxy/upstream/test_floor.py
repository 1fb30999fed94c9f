"""What a server says on a connection outside of any answer."""

from __future__ import annotations

import asyncio
from typing import Any

from proxy.upstream.floor import Floor
from proxy.upstream.hearing import Hearing
from tests.proxy.upstream.upstream_double import Asker

ELICIT: dict[str, Any] = {"elicitation": {}}
UPDATED = {"method": "notifications/resources/updated", "params": {"uri": "memo://1"}}
VENDOR = {"method": "notifications/acme", "params": {"x": 1}}


class Window(Asker):
    """A client that is told apart from others."""

    def __init__(self, client: str) -> None:
        super().__init__(ELICIT)
        self.client = client


def entered(floor: Floor, number: int, client: str) -> Window:
    """A window with a call open."""
    window = Window(client)
    clock = asyncio.timeout(None)
    hearing = Hearing(number, None, window, changed=lambda: None, answer=None, clock=clock)
    floor.enter(number, hearing, window)
    return window


async def test_what_a_call_changed_is_heard_where_nobody_listens() -> None:
    """By the newest open call, which passes it to the hub; with a listener, by that alone."""
    floor = Floor(lambda _: None, lambda: None)
    floor.take(UPDATED)
    one, two = entered(floor, 1, "a"), entered(floor, 2, "b")
    floor.take(UPDATED)
    assert (one.heard, two.heard) == ([], [UPDATED])
    listened: list[dict[str, Any]] = []
    floor.listeners.append(listened.append)
    floor.take(UPDATED)
    assert (listened, two.heard) == ([UPDATED], [UPDATED])


async def test_what_nobody_knows_is_said_to_one_window_or_to_none() -> None:
    """Between windows nothing is guessed."""
    floor = Floor(lambda _: None, lambda: None)
    one = entered(floor, 1, "a")
    floor.take(VENDOR)
    assert one.heard == [VENDOR]
    other = entered(floor, 2, "b")
    floor.take(VENDOR)
    assert (one.heard, other.heard) == ([VENDOR], [])


async def test_who_was_promised_roots_hears_nothing_else() -> None:
    """A log message goes to the open call, also while the server may ask for other roots."""
    floor = Floor(lambda _: None, lambda: None)
    one, patient = entered(floor, 1, "a"), Window("a")
    clock = asyncio.timeout(None)
    hearing = Hearing(2, None, patient, changed=lambda: None, answer=None, clock=clock)
    floor.expect_roots(2, hearing, patient)
    said = {"method": "notifications/message", "params": {"level": "info"}}
    floor.take(said)
    assert (one.heard, patient.heard) == ([said], [])
