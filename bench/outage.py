"""Ten servers, three of them bad: one dead, one silent, one slow. The other seven must not notice.

Two homes of one user meet the same company. One knows the seven good servers alone; the other knows
all ten, has calls to the bad ones open, and is held against the first, in turns.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import time
from typing import TYPE_CHECKING

from bench.company import BAD
from bench.estate import estate
from bench.figure import Figure, ratios
from bench.process import served
from bench.start import complete

if TYPE_CHECKING:
    from bench.estate import Estate
    from bench.window import Window

GOOD = 7
_LIVE = 70
_ALL = 100
_CALLS = 700
_LISTS = 60
_WARM_UP = 35
_BLOCKS = 10
_BAR = 1.2


def measure() -> list[Figure]:
    """What the list holds, and what lists and calls cost beside bad servers."""
    figures: list[Figure] = []
    with served("bench.company", str(GOOD), str(len(BAD))) as company:
        said = json.loads(company.said)
        with contextlib.ExitStack() as stack:
            seven = stack.enter_context(estate(said["toml"]))
            known = stack.enter_context(estate(said["toml"], said["bad"]))
            _meet(seven, _LIVE)
            _meet(known, _ALL)
            company.tell("break")
            known.kill()  # The next hub has the list of yesterday, and three servers that went bad.
            known.sign_in()
            figures.append(_listed("with a snapshot: tools in the list", known, _ALL))
            unknown = stack.enter_context(estate(said["toml"], said["bad"]))
            figures.append(_first(unknown))
            figures.append(_listed("without a snapshot: tools in the list", unknown, _LIVE))
            figures += _beside(seven, unknown)
    return figures


def _meet(home: Estate, tools: int) -> None:
    with _window(home) as window:
        complete(window.tools, tools)


@contextlib.contextmanager
def _window(home: Estate):  # noqa: ANN202 - an Iterator[Window]; spelled below
    window = home.window()
    window.initialize()
    try:
        yield window
    finally:
        window.close()


def _names(window: Window) -> set[str]:
    return {tool["name"] for tool in window.tools()} - {"portico_status"}
