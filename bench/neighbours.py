"""Ten windows, four of which misbehave. The other six must not notice.

In a rough round one sends `exit`, one is killed with a call under way, one sends a line over the
limit, and one asks for large answers and never reads them. In a calm round the four do the same
work as good neighbours: they leave in order, and the large answers are read. So the ratio shows
what the misbehaviour costs, and not the work. Rounds alternate; each is held against itself.
"""

from __future__ import annotations

import json
import statistics
import threading
import time
from typing import TYPE_CHECKING

from bench.estate import estate
from bench.figure import Figure
from bench.process import served
from bench.start import complete

if TYPE_CHECKING:
    from bench.estate import Estate
    from bench.window import Window

Took = list[list[float]]
"""For each of the six, the milliseconds of its calls."""

SIX = 6
_ROUNDS = 8
_CALLS = 60
_WARM_UP = 40
_GIANT = 48 * 1024 * 1024
"""Bytes of the line over the limit, which is 4 MiB."""

_LARGE = 512 * 1024
_ASKED = 40
"""How many answers of `_LARGE` characters one window asks for at once. Each holds them twice, as
text and as structure, so that together they stay below the 64 MiB at which a window is cut."""

_BAR = 1.2
_MEMORY = 256
"""MiB that the hub may hold at most, all ten windows and what they left behind included."""


def measure() -> list[Figure]:
    """The slowest of the six, and the hub's memory."""
    with (
        served("bench.company", "1", "0") as company,
        # Making large answers is work of its own, which must not slow the server of the six.
        served("bench.echo") as large,
        estate(json.loads(company.said)["toml"], {"large": large.said}) as home,
    ):
        six = [_opened(home) for _ in range(SIX)]
        complete(six[0].tools, 20)
        for number in range(_WARM_UP * SIX):
            _call(six[number % SIX])
        _exit(home)  # The hub's first editor brings pygls in, once.
        before = home.memory()
        calm: list[Took] = []
        rough: list[Took] = []
        held: list[float] = []
        for _ in range(_ROUNDS):
            calm.append(_calm(home, six))
            rough.append(_rough(home, six, held))
        for window in six:
            window.close()
    return [
        *_figures(calm, rough),
        Figure("neighbours: memory of the hub in rough rounds", "MB", tuple(held), _MEMORY),
        Figure("  before them", "MB", (before,)),
    ]


def _figures(calm: list[Took], rough: list[Took]) -> list[Figure]:
    """Each window's median in a rough round over its own in the calm round before."""
    ratios = [
        statistics.median(
            statistics.median(after[window]) / statistics.median(before[window])
            for before, after in zip(calm, rough, strict=True)
        )
        for window in range(SIX)
    ]
    return [
        Figure("neighbours: the slowest of six, rough ÷ calm", "x", (max(ratios),), _BAR),
        Figure("  each of the six", "x", tuple(ratios)),
        Figure("  every call of theirs, calm", "ms", _every(calm)),
        Figure("  every call of theirs, rough", "ms", _every(rough)),
    ]


def _every(rounds: list[Took]) -> tuple[float, ...]:
    return tuple(call for took in rounds for own in took for call in own)


def _opened(home: Estate) -> Window:
    window = home.window()
    window.initialize()
    return window


def _call(window: Window) -> float:
    begun = time.perf_counter()
    window.call("s0_echo", {"text": "hello"})
    return (time.perf_counter() - begun) * 1000


def _six(six: list[Window]) -> Took:
    """What the six call, in turns."""
    took: Took = [[] for _ in six]
    for _ in range(_CALLS):
        for window, own in zip(six, took, strict=True):
            own.append(_call(window))
    return took


def _calm(home: Estate, six: list[Window]) -> Took:
    leaving, closed, small, reading = home.editor(), _opened(home), _opened(home), _opened(home)
    leaving.write(_frame({"method": "exit"}))
    _call(closed)
    closed.close()
    _ask_much(reading)
    reader = threading.Thread(target=reading.skip, args=(_ASKED,))
    reader.start()
    _call(small)
    took = _six(six)
    reader.join()
    leaving.wait()
    for window in (small, reading):
        window.close()
    return took


def _rough(home: Estate, six: list[Window], held: list[float]) -> Took:
    leaving, killed, giant, deaf = home.editor(), _opened(home), _opened(home), _opened(home)
    leaving.write(_frame({"method": "exit"}))
    killed.ask("tools/call", {"name": "s0_echo", "arguments": {"text": "hello"}})
    killed.kill()
    _ask_much(deaf)
    giant.write(b"x" * _GIANT + b"\n")
    took = _six(six)
    held.append(home.memory())
    assert json.loads(giant.line())["error"], "the giant line was not answered"
    _call(giant)  # Its session lives.
    giant.close()
    leaving.wait()
    deaf.kill()
    return took


def _ask_much(window: Window) -> None:
    for _ in range(_ASKED):
        window.ask("tools/call", {"name": "large_rows", "arguments": {"characters": _LARGE}})


def _exit(home: Estate) -> None:
    editor = home.editor()
    editor.write(_frame({"method": "exit"}))
    editor.wait()


def _frame(message: dict[str, object]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
