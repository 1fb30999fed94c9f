"""What the demo's stage says about processes."""

from __future__ import annotations

import os
import subprocess
import sys

from sandbox.stage import alive


def test_an_ended_process_is_not_alive_even_before_it_is_reaped() -> None:
    """A process that ended and still has its number does not count as running."""
    with subprocess.Popen([sys.executable, "-I", "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert alive(child.pid)
        assert child.stdin is not None
        child.stdin.close()
        # Waits for the end and leaves the number taken, as nobody's child stays in a container.
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert not alive(child.pid)
    assert not alive(child.pid)
