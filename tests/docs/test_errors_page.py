"""docs/errors.md explains every fault as the code raises it."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from auth.fault import Fault
from tests.docs.page import read, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = {cells[0].strip("`"): cells[1:] for cells in rows(read("docs/errors.md"))}


def every_fault() -> dict[str, type[Fault]]:
    """Every kind of fault of the three rooms, by its reference."""
    for room in ("auth", "proxy", "ide_protocol"):
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            importlib.import_module(module.name)
    rooms = ("auth.", "proxy.", "ide_protocol.")
    return {kind.reference: kind for kind in _below(Fault) if kind.__module__.startswith(rooms)}


def _below(kind: type[Fault]) -> Iterator[type[Fault]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def test_the_page_explains_exactly_the_faults_there_are() -> None:
    """A reference that somebody reads in a message is found here, and none that is gone."""
    assert set(ROWS) == set(every_fault())


def test_the_page_says_who_acts_and_what_they_do_as_the_code_does() -> None:
    """Who acts is the code's own word; so is the next step, where the fault has a default one."""
    for reference, kind in every_fault().items():
        happened, who, step = ROWS[reference]
        assert happened
        assert who == kind.who.value, reference
        inherited = kind.remedy == Fault.remedy and reference != Fault.reference
        assert step if inherited else step == kind.remedy, reference
