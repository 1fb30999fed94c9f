"""What a hub asks of the system: a memory of its own, and files enough for all its windows."""

from __future__ import annotations

import contextlib
import sys

_PR_SET_DUMPABLE = 4

_FILES = (65536, 10240)
"""Open files to ask for; macOS refuses the first, whatever its hard limit says."""


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


def raise_file_limit() -> None:
    """Allow this process more open files, where its soft limit is lower than it has to be.

    Each window and each upstream connection is one, and a hub inherits the limit of whichever
    editor came first. Best effort: with fewer files, fewer windows fit.
    """
    import resource

    for wanted in _FILES:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft == resource.RLIM_INFINITY or soft >= most:
            return
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
