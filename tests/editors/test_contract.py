"""The contract in the languages of the clients."""

from __future__ import annotations

from editors import contract


def test_the_types_of_the_clients_are_those_of_the_contract() -> None:
    """What is committed is what `python -m editors.contract` writes."""
    assert contract.TYPESCRIPT.read_text(encoding="utf-8") == contract.typescript()
