"""Ten servers, three of them bad: one dead, one silent, one slow. The other seven must not notice.

Homes of one user meet the same company. One knows the seven good servers alone; the others know all
ten. Lists and calls of the last one, which has never seen the bad servers answer and has calls to
them open, are held against those of the first, in turns.
"""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING

from bench.company import BAD
from bench.estate import estate
from bench.figure import Figure, ratios
from bench.process import served
from bench.start import complete

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.estate import Estate
    from bench.window import Window

GOOD = 7
_LIVE = 70
_ALL = 100
_CALLS = 1050
_LISTS = 210
_WARM_UP = 70
_BLOCKS = 10
_BAR = 1.2
_PATIENCE = 5000.0
"""Milliseconds that a first list waits for servers of which nothing is known."""


def measure() -> list[Figure]:
    """What the list holds, and what lists and calls cost beside bad servers."""
    with (
        served("bench.company", str(GOOD), str(len(BAD))) as company,
        contextlib.ExitStack() as stack,
    ):
        said = json.loads(company.said)
        seven = stack.enter_context(estate(said["toml"]))
        ten = stack.enter_context(estate(said["toml"], said["bad"]))
        _meet(seven, _LIVE)
        _meet(ten, _ALL)
        company.tell("break")
        ten.kill()  # The next hub has yesterday's list of three servers that are bad now.
        ten.sign_in()
        unknown = stack.enter_context(estate(said["toml"], said["bad"]))
        return [
            _counted("outage: tools listed, the bad ones from the snapshot", ten, _ALL),
            *_first(unknown),
            _counted("outage: tools listed, the bad ones absent", unknown, _LIVE),
            Figure(
                "outage: servers marked absent",
                "tools",
                (float(sum(unknown.states().count(word) for word in ("absent", "asking"))),),
                len(BAD),
            ),
            *_beside(seven, unknown),
        ]


def _meet(home: Estate, tools: int) -> None:
    window = home.window()
    window.initialize()
    complete(window.tools, tools)
    window.close()


def _counted(name: str, home: Estate, wanted: int) -> Figure:
    window = home.window()
    window.initialize()
    found = len(window.tools()) - 1  # without Portico's own
    window.close()
    return Figure(name, "tools", (float(found),), wanted)


def _first(home: Estate) -> list[Figure]:
    """The list that may wait, once, and the next one, which may not."""
    window = home.window()
    window.initialize()
    took = [_milliseconds(_list, window, 0) for _ in range(2)]
    window.close()
    return [
        Figure("outage: first list, three never seen", "ms", (took[0],), _PATIENCE * 1.05),
        Figure("outage: the list after it", "ms", (took[1],), 60),
    ]


def _beside(seven: Estate, ten: Estate) -> list[Figure]:
    """Lists and calls to good servers, while calls to the bad ones are open in another window."""
    calm, beside, stuck = seven.window(), ten.window(), ten.window()
    for window in (calm, beside, stuck):
        window.initialize()
    for bad in BAD:
        stuck.ask("tools/call", {"name": f"{bad}_echo", "arguments": {"text": "hello"}})
    lists = _turns(_list, beside, calm, _LISTS)
    calls = _turns(_call, beside, calm, _CALLS)
    stuck.kill()
    for window in (calm, beside):
        window.close()
    return [
        Figure("outage: a list, ten servers ÷ seven", "x", ratios(*lists, blocks=_BLOCKS), _BAR),
        Figure("outage: a call, ten servers ÷ seven", "x", ratios(*calls, blocks=_BLOCKS), _BAR),
        Figure("  a call beside bad servers", "ms", tuple(calls[0])),
    ]


def _turns(
    act: Callable[[Window, int], None], ours: Window, theirs: Window, times: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of each side, in turns; who goes first changes with each turn."""
    took: dict[Window, list[float]] = {ours: [], theirs: []}
    for number in range(_WARM_UP + times):
        for window in (ours, theirs) if number % 2 else (theirs, ours):
            took[window].append(_milliseconds(act, window, number))
    return took[ours][_WARM_UP:], took[theirs][_WARM_UP:]


def _milliseconds(act: Callable[[Window, int], None], window: Window, number: int) -> float:
    begun = time.perf_counter()
    act(window, number)
    return (time.perf_counter() - begun) * 1000


def _list(window: Window, _: int) -> None:
    # The slow server's tools may come in meanwhile.
    assert len(window.tools()) > _LIVE


def _call(window: Window, number: int) -> None:
    window.call(f"s{number % GOOD}_echo", {"text": "hello"})
