"""Which flows of signing in are tried, where, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auth.reach import Flow, Reach, flows

if TYPE_CHECKING:
    from auth.device import UserCode


async def _forward(_: str) -> str | None:
    return None


async def _show(_: UserCode) -> bool:
    return True


CODES = Reach(show_code=_show)
FAR = Reach(remote=True, show_code=_show)
NEAR_AND_LED = Reach(show_code=_show, forward=_forward)
LED_BACK = Reach(remote=True, show_code=_show, forward=_forward)
PAGE, DEVICE, PASTE = Flow.PAGE, Flow.DEVICE, Flow.PASTE


@pytest.mark.parametrize(
    ("reach", "device", "order"),
    [
        (Reach(), True, (PAGE,)),
        (CODES, True, (PAGE, DEVICE)),
        (CODES, False, (PAGE,)),
        (LED_BACK, True, (PAGE, DEVICE, PASTE)),
        (LED_BACK, False, (PAGE, PASTE)),
        (NEAR_AND_LED, True, (PAGE, DEVICE, PASTE)),
        (FAR, True, (DEVICE, PASTE)),
        (FAR, False, (PASTE,)),
        (Reach(remote=True), True, (PASTE,)),
        (Reach(flow=PAGE, remote=True, show_code=_show), True, (PAGE,)),
        (Reach(flow=DEVICE), False, (DEVICE,)),
        (Reach(flow=PASTE, show_code=_show), True, (PASTE,)),
    ],
)
def test_a_page_comes_first_and_a_code_before_a_pasted_address(
    reach: Reach, device: bool, order: tuple[Flow, ...]
) -> None:
    """Near, a page; far, the editor's way back, then a code, then pasting; or what was asked."""
    assert flows(reach, device=device) == order
