"""The contract in the languages of the clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from editors.contract.files import FILES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_types_of_the_clients_are_those_of_the_contract(path: Path) -> None:
    """What is committed is what `python -m editors.contract` writes."""
    assert path.read_text(encoding="utf-8") == FILES[path]()
