"""These tests need a Neovim, as `make neovim` brings; else none is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sandbox.company import Company
from tests.neovim.neovim import Neovim
from tests.process.conftest import box, portico

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.process.installation import Installation

__all__ = ["box", "portico"]

collect_ignore_glob = [] if os.environ.get("PORTICO_TEST_NEOVIM") else ["test_*.py"]


@pytest.fixture
async def company(portico: Installation) -> AsyncIterator[Company]:
    """The company in a box, which this home belongs to."""
    async with Company() as company:
        portico.configure(company.configuration())
        yield company


@pytest.fixture
async def neovim(portico: Installation) -> AsyncIterator[Neovim]:
    """A Neovim that is not started yet."""
    editor = Neovim(portico)
    yield editor
    await editor.leave()
    editor.forget()
