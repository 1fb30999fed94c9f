"""From spawning `portico mcp` to a complete list of a hundred tools, with a hub and without one."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from bench.estate import estate
from bench.figure import Figure
from bench.process import served

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.estate import Estate

SERVERS = 10
_TOOLS = 100
_WARM_RUNS = 40
_COLD_RUNS = 15


def measure() -> list[Figure]:
    """The two starts, and what the same machine needs for an interpreter that does nothing."""
    with (
        served("bench.company", str(SERVERS), "0") as company,
        estate(json.loads(company.said)["toml"]) as home,
    ):
        _settle(home)
        warm = [_start(home) for _ in range(_WARM_RUNS)]
        home.stop()
        home.keep_cache()
        # Without a keyring the registry's copy cannot be sealed and is not kept: nothing to list.
        kept = any((home.root / "cache" / "registry").glob("*"))
        cold = [_cold(home) for _ in range(_COLD_RUNS)] if kept else []
    if not kept:
        sys.stderr.write("NOT RUN: the start without a hub: there is no keyring here\n")
    bare = [_interpreter() for _ in range(_WARM_RUNS)]
    return [
        Figure("start, hub warm: spawned to list of 100 tools", "ms", tuple(warm), 60),
        *(
            [Figure("start, no hub but a snapshot: the same", "ms", tuple(cold), 250)]
            if kept
            else ()
        ),
        Figure("  for comparison: a bare interpreter", "ms", tuple(bare)),
    ]


def _settle(home: Estate) -> None:
    """Wait until every server has answered, so that the list is whole."""
    window = home.window()
    window.initialize()
    complete(window.tools, _TOOLS)
    window.close()


def complete(tools: Callable[[], list[dict[str, Any]]], wanted: int) -> None:
    """Ask for the list until it holds `wanted` tools and Portico's own one."""
    end = time.monotonic() + 30
    while len(tools()) < wanted + 1:
        if time.monotonic() > end:
            msg = f"the list never reached {wanted} tools"
            raise RuntimeError(msg)
        time.sleep(0.05)


def _start(home: Estate) -> float:
    """Milliseconds of one start."""
    window = home.window()
    window.initialize()
    found = len(window.tools())
    took = (time.perf_counter() - window.spawned) * 1000
    assert found == _TOOLS + 1, f"{found} tools instead of {_TOOLS + 1}"
    window.close()
    return took


def _cold(home: Estate) -> float:
    """One start with what the disk holds after a day's work, and no hub."""
    home.restore_cache()
    took = _start(home)
    home.stop()
    return took


def _interpreter() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-S", "-c", ""], check=True)
    return (time.perf_counter() - begun) * 1000
