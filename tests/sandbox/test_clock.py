"""Time that people let go by makes older what there was, and nothing else."""

from __future__ import annotations

from sandbox.clock import Clock


def test_only_what_was_there_before_becomes_older() -> None:
    """The time of day stays, and what comes afterwards is as young as it is."""
    now = 1000.0
    clock = Clock(lambda: now)
    now = 1010.0
    clock.go_by(3600)
    assert clock() == 1010.0
    assert clock.age(1000.0) == 3610.0
    now = 1020.0
    clock.go_by(60)
    assert [clock.age(since) for since in (1000.0, 1010.0, 1015.0, 1020.0)] == [3680, 70, 65, 0]
