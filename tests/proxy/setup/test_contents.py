"""A set-up is shown with what each of its keys means."""

from __future__ import annotations

import pytest

from proxy.configuration.vocabulary import KEYS
from proxy.setup.difference import MEANING


@pytest.mark.parametrize("name", KEYS["company"])
def test_each_key_of_a_company_is_shown_with_its_meaning(name: str) -> None:
    """Whoever is to accept a set-up reads of nothing in it only the key."""
    assert f"company.{name}" in MEANING
