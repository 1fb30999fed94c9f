"""How the person who signs in is reached, and which flows that leaves.

Deciding is pure: a window says what it can show and whether the person's browser finds back to this
machine, the issuer says what it offers, and `flows` puts what is left in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from auth.device import UserCode

    OpenPage = Callable[[str], Awaitable[bool]]
    """Shows a URL to the person; False means that it could not."""
    ShowCode = Callable[[UserCode], Awaitable[bool]]
    """Shows a code, until it is cancelled or the person has seen it; False: it could not."""
    Forward = Callable[[str], Awaitable[str | None]]
    """Where the person's browser finds an address of this machine, or None."""
    AskAddress = Callable[[str, str], Awaitable[str | None]]
    """Shows a URL, and what was wrong before; the address that the person pastes. None: nobody can
    paste anything there, but the URL was shown."""


class Flow(StrEnum):
    """How a person signs in."""

    BEST = "best"
    """Whichever works where they are."""
    PAGE = "page"
    """A page in a browser that comes back by itself."""
    DEVICE = "device"
    """A code that is typed on a page anywhere (RFC 8628)."""
    PASTE = "paste"
    """A page anywhere, whose last address the person pastes."""


def _silent(_: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What can be shown to the person besides a page, and what is known of where they are.

    Attributes:
        flow: What the person asked for.
        remote: Whether their browser probably runs elsewhere, and does not find back to here.
        show_code: Shows a code, or None where nothing can.
        forward: The editor's own way back, wherever its browser runs, or None.
        ask_address: Takes a pasted address, or None where nothing can be typed.
        tell: Told of each step, as a phrase such as "Waiting for you at the sign-in page".
    """

    flow: Flow = Flow.BEST
    remote: bool = False
    show_code: ShowCode | None = None
    forward: Forward | None = None
    ask_address: AskAddress | None = None
    tell: Callable[[str], None] = _silent


def flows(reach: Reach, *, device: bool) -> tuple[Flow, ...]:
    """The flows to try, one after the other, until one can be shown to the person.

    Args:
        reach: How they are reached.
        device: Whether the issuer offers the device grant, which many companies block.
    """
    if reach.flow is not Flow.BEST:
        return (reach.flow,)
    coded = (Flow.DEVICE,) if device and reach.show_code is not None else ()
    if reach.forward is not None:
        return (Flow.PAGE, *coded, Flow.PASTE)
    return (*coded, Flow.PASTE) if reach.remote else (Flow.PAGE, *coded)
