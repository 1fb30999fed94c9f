"""These tests need servers that `make thirdparty` installs; else none is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.process.conftest import portico
from tests.thirdparty.table import Row, drawn

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

__all__ = ["portico"]

collect_ignore_glob = [] if os.environ.get("PORTICO_TEST_THIRDPARTY") else ["test_*.py"]

_ROWS: list[Row] = []


@pytest.fixture
def rows() -> list[Row]:
    """Where each comparison leaves what it found."""
    return _ROWS


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Show all of them at the end."""
    if _ROWS:
        terminalreporter.section("third-party servers, straight and through Portico")
        for line in drawn(_ROWS):
            terminalreporter.write_line(line)
