"""What keeps a hub's memory to itself: no core file, and no other process may read it."""

from __future__ import annotations

import contextlib
import sys

_PR_SET_DUMPABLE = 4


def harden() -> None:
    """Forbid core dumps, and on Linux being dumped or traced by the same user's processes.

    Best effort where the system has no such thing: it protects tokens in memory from accidents and
    from programs of the same user; root reads everything anyway.
    """
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
