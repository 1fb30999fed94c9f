"""Which editors the person accepted: for how long, and for whom."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proxy.approval.pairing import KeyUnfit, Pairings
from proxy.session import Session

ALICE, BOB = "a" * 64, "b" * 64
KEY = "k" * 40


class Kept:
    """A sealed store in memory, which holds JSON alone."""

    def __init__(self) -> None:
        self.text = "null"

    async def read(self) -> dict[str, object] | None:
        """What was written last."""
        found: dict[str, object] | None = json.loads(self.text)
        return found

    async def write(self, content: dict[str, object]) -> None:
        """Keep it."""
        self.text = json.dumps(content)


class Desktop:
    """Two editor windows, and the pairings of whoever is signed in."""

    def __init__(self, kept: Kept | None = None) -> None:
        self.kept = kept or Kept()
        self.windows = [Session("lsp", host="Code"), Session("lsp", host="Vim")]
        self.pairings = Pairings(
            sessions=lambda: self.windows, store=self.kept, clock=lambda: 1000.0
        )

    @property
    def paired(self) -> list[bool]:
        """Which windows are, in their order."""
        return [window.paired for window in self.windows]


async def test_a_window_without_a_key_is_paired_until_it_closes() -> None:
    """Nothing of it is kept, and another window is not meant."""
    desktop = Desktop()
    desktop.pairings.adopt(ALICE)
    await desktop.pairings.accept(desktop.windows[0])
    assert desktop.paired == [True, False]
    assert (desktop.kept.text, desktop.pairings.accepted()) == ("null", [])
    desktop.pairings.leave(desktop.windows[0])
    desktop.pairings.adopt(ALICE)
    assert desktop.paired == [False, False]


async def test_a_key_is_accepted_once_and_lasts() -> None:
    """Every window that brings it is paired, also in the next hub; only its hash is kept."""
    desktop = Desktop()
    desktop.pairings.adopt(ALICE)
    assert not desktop.pairings.introduce(desktop.windows[0], KEY)
    await desktop.pairings.accept(desktop.windows[0])
    assert desktop.pairings.introduce(desktop.windows[1], KEY)
    assert KEY not in desktop.kept.text
    later = Desktop(desktop.kept)
    assert not later.pairings.introduce(later.windows[0], KEY)
    await later.pairings.load()
    later.pairings.adopt(ALICE)
    assert later.paired == [True, False]
    assert [one.host for one in later.pairings.accepted()] == ["Code"]


async def test_a_pairing_is_one_persons() -> None:
    """Whoever else signs in, or nobody, is not spoken for by it."""
    desktop = Desktop()
    desktop.pairings.adopt(ALICE)
    desktop.pairings.introduce(desktop.windows[0], KEY)
    for window in desktop.windows:
        await desktop.pairings.accept(window)
    for user, paired in ((BOB, [False, False]), ("", [False, False]), (ALICE, [True, False])):
        desktop.pairings.adopt(user)
        assert desktop.paired == paired


@pytest.mark.parametrize("way", ["end", "forget"])
async def test_a_pairing_can_be_taken_back(way: str) -> None:
    """By its button, or with the sign-in; the windows that lived by it are not paired any more."""
    desktop = Desktop()
    desktop.pairings.adopt(ALICE)
    desktop.pairings.introduce(desktop.windows[0], KEY)
    await desktop.pairings.accept(desktop.windows[0])
    if way == "forget":
        await desktop.pairings.forget()
    else:
        (one,) = desktop.pairings.accepted()
        assert await desktop.pairings.end(one.name)
        assert not await desktop.pairings.end(one.name)
    assert (desktop.paired, desktop.pairings.accepted()) == ([False, False], [])
    later = Desktop(desktop.kept)
    await later.pairings.load()
    later.pairings.adopt(ALICE)
    assert not later.pairings.introduce(later.windows[0], KEY)


@pytest.mark.parametrize("key", ["", "k" * 31, "k" * 513, "ä" * 40])
def test_what_could_be_guessed_is_no_key(key: str) -> None:
    """Too short, too long, or not ASCII: refused with a reason."""
    desktop = Desktop()
    with pytest.raises(KeyUnfit):
        desktop.pairings.introduce(desktop.windows[0], key)


@pytest.mark.parametrize("kept", [{}, {ALICE: 7}, {ALICE: {"x": []}}, {ALICE: {"x": "host"}}])
async def test_what_cannot_be_read_pairs_nobody(kept: Any) -> None:  # noqa: ANN401 - any JSON.
    """A file of another shape is no pairing."""
    desktop = Desktop()
    await desktop.kept.write(kept)
    await desktop.pairings.load()
    desktop.pairings.adopt(ALICE)
    assert desktop.pairings.accepted() == []


async def test_a_window_that_was_declined_is_not_offered_again() -> None:
    """The person is not asked twice about one window, and the next one may ask."""
    desktop = Desktop()
    desktop.pairings.adopt(ALICE)
    first, second = desktop.windows
    desktop.pairings.decline(first)
    assert (desktop.pairings.declined(first), desktop.pairings.declined(second)) == (True, False)
    assert desktop.paired == [False, False]
    desktop.pairings.leave(first)
    assert not desktop.pairings.declined(first)


async def test_a_window_that_brings_another_key_does_not_outlive_its_pairing() -> None:
    """What the person takes back is gone, also where the window changed its key meanwhile."""
    desktop = Desktop()
    window = desktop.windows[0]
    desktop.pairings.adopt(ALICE)
    desktop.pairings.introduce(window, KEY)
    await desktop.pairings.accept(window)
    assert not desktop.pairings.introduce(window, "another" * 8)
    (one,) = desktop.pairings.accepted()
    assert await desktop.pairings.end(one.name)
    assert desktop.paired == [False, False]


@pytest.mark.parametrize("change", ["key", "host", "workspace"])
def test_a_window_that_changes_while_the_person_looks_is_another_one(change: str) -> None:
    """A key would make for good what was shown as until it closes; a name could be another's."""
    desktop = Desktop()
    window = desktop.windows[0]
    shown = desktop.pairings.likeness(window)
    assert shown == desktop.pairings.likeness(window)
    if change == "key":
        desktop.pairings.introduce(window, KEY)
    else:
        setattr(window, change, "another")
    assert desktop.pairings.likeness(window) != shown
