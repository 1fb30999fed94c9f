"""What the tests of the real processes share: an installation, and a server to put behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.company import Company
from tests.process.box import Box, served
from tests.process.installation import Installation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def portico(tmp_path: Path) -> AsyncIterator[Installation]:
    """An empty home; whatever the test started in it is gone afterwards."""
    installation = Installation(tmp_path)
    yield installation
    await installation.close()


@pytest.fixture
async def box(portico: Installation) -> AsyncIterator[Box]:
    """A server that portico.toml names `box`; `change` writes, `drop` destroys, the rest reads."""
    async with served(Box()) as box:
        portico.configure(behind(box))
        yield box


@pytest.fixture
async def company(portico: Installation) -> AsyncIterator[Company]:
    """The company in a box, which this home belongs to."""
    async with Company() as company:
        portico.configure(company.configuration())
        yield company


def behind(box: Box, more: str = "") -> str:
    """A portico.toml with `box` in it."""
    return (
        f'{more}\n[servers.box]\nurl = "{box.url}"\nrisk = "read"\n'
        '[servers.box.rules.change]\nrisk = "write"\n'
        '[servers.box.rules.drop]\nrisk = "destructive"\n'
    )
