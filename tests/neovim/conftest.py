"""These tests need a Neovim, as `make neovim` brings; else none is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.neovim.neovim import Neovim
from tests.process.conftest import box, company, portico

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.process.installation import Installation

__all__ = ["box", "company", "portico"]

collect_ignore_glob = [] if os.environ.get("PORTICO_TEST_NEOVIM") else ["test_*.py"]


@pytest.fixture
async def neovim(portico: Installation) -> AsyncIterator[Neovim]:
    """A Neovim that is not started yet."""
    editor = Neovim(portico)
    yield editor
    await editor.leave()
    editor.forget()
