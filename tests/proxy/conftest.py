"""A house for the tests of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.proxy.house import House

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose journal is open."""
    built = House(tmp_path)
    built.journal.open()
    yield built
    await built.journal.close()
    await built.catalog.aclose()
