"""What the kernel says of a terminal, and whether its yes counts."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from proxy.approval.terminal import Terminal, inspect, objection, parent

ASKED = 1000.0
GOOD = Terminal(pid=50, ancestors=(40, 30, 1), has_tty=True, opened=ASKED - 10, session=40)

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's word is read from /proc")


@pytest.mark.parametrize(
    ("terminal", "host", "said"),
    [
        (GOOD, 99, ""),
        (GOOD, 0, ""),
        (None, 99, "does not tell enough"),
        (Terminal(50, (1,), True, None, 50), 99, "does not tell enough"),
        (Terminal(50, (1,), False, ASKED - 10, 50), 99, "needs a real terminal"),
        (GOOD, 30, "started by the program that asks"),
        (GOOD, 50, "started by the program that asks"),
        # Its shell has gone: somebody sent it to the background and left.
        (Terminal(50, (1,), True, ASKED - 10, 40), 99, "cut off from its terminal's shell"),
        (Terminal(50, (7, 1), True, ASKED - 10, 77), 99, "in this very terminal"),
        (Terminal(50, (1,), True, ASKED, 50), 99, "opened after the call"),
        (Terminal(50, (1,), True, ASKED + 1, 50), 99, "opened after the call"),
        # The kernel rounds down, so a terminal of the same instant is too young.
        (Terminal(50, (1,), True, ASKED - 0.01, 50), 99, "opened after the call"),
    ],
)
def test_a_yes_counts_only_from_an_older_independent_terminal(
    terminal: Terminal | None, host: int, said: str
) -> None:
    """No terminal, the host's own children, and late terminals are each refused with a reason."""
    why = objection(terminal, host_pid=host, host_session=77, asked=ASKED)
    assert said in why
    assert bool(why) == bool(said)


@linux
def test_the_kernel_tells_of_this_process() -> None:
    """Parent, ancestry and age are those of the machine, not what the process says."""
    found = inspect(os.getpid())
    assert found is not None
    assert found.ancestors[0] == os.getppid() == parent(os.getpid())
    assert found.ancestors[-1] != os.getpid()
    if sys.platform == "linux" and found.opened is not None:
        assert found.opened <= time.clock_gettime(time.CLOCK_BOOTTIME)


@linux
def test_a_process_in_a_session_of_its_own_has_no_terminal() -> None:
    """A child whose name tries to break the parsing is still read right."""
    child = subprocess.Popen(
        [sys.executable, "-Ic", "open('/proc/self/comm','w').write(') 9 9 9 (');print();input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        found = inspect(child.pid)
        child.communicate(b"\n")
    assert found is not None
    assert (found.has_tty, found.ancestors[0]) == (False, os.getpid())
    assert found.opened is not None
    assert inspect(child.pid) is None


def test_a_process_that_is_gone_is_nobody() -> None:
    """An impossible process id gives no terminal and no parent."""
    assert inspect(2**30) is None
    assert parent(2**30) == 0
