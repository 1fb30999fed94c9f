"""These tests need an Emacs with eglot, as `make emacs` finds it; else none is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.emacs.emacs import Emacs
from tests.process.conftest import box, company, portico

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.process.installation import Installation

__all__ = ["box", "company", "portico"]

collect_ignore_glob = [] if os.environ.get("PORTICO_TEST_EMACS") else ["test_*.py"]


@pytest.fixture
async def emacs(portico: Installation) -> AsyncIterator[Emacs]:
    """An Emacs that is not started yet."""
    editor = Emacs(portico)
    yield editor
    await editor.leave()
    editor.forget()
