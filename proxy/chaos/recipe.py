"""Which trouble, and how often: what `portico chaos` is told. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from auth.fault import Fault, Who

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LONGEST = 600.0
"""Seconds that a call may be held back."""

_DELAY = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(ms|s)")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)%")
_ALWAYS = 1.0


class RecipeUnusable(Fault):
    """An option of `portico chaos` cannot be understood."""

    reference = "chaos-misused"
    who = Who.PERSON
    remedy = "docs/experiment.md shows the options: --delay 2s --fail 10% --expire-token --ask 5%."


class Trouble(StrEnum):
    """What can happen to a call in place of an answer."""

    FAIL = "fail"
    """The server has a problem of its own (HTTP 503)."""
    REFUSE = "refuse"
    """Nobody listens."""
    DROP = "drop"
    """The connection ends before the answer."""
    EXPIRE = "expire-token"
    """The sign-in is not accepted any more."""


ASK: Final = "ask"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What happens to calls.

    Attributes:
        delay: Seconds that each call is held back.
        troubles: How likely each trouble is, from 0 to 1; the first that happens counts.
        asks: How likely the server asks the person something first.
        seed: What makes two runs meet the same; None for chance.
    """

    delay: float = 0.0
    troubles: tuple[tuple[Trouble, float], ...] = ()
    asks: float = 0.0
    seed: int | None = None

    def trouble(self, chance: Callable[[], float]) -> Trouble | None:
        """What happens to the next call.

        Args:
            chance: A number from 0 to below 1, another one each time. As many are taken for every
                call, so that a seed means the same whatever happened before.
        """
        rolls = [(trouble, chance() < share) for trouble, share in self.troubles]
        return next((trouble for trouble, happens in rolls if happens), None)

    def text(self) -> str:
        """The recipe as people read it: `delay 2 s, fail 10 %, seed 7`."""
        parts = [f"delay {self.delay:g} s"] if self.delay else []
        parts += [f"{trouble} {_percent(share)}" for trouble, share in self.troubles]
        parts += [f"ask {_percent(self.asks)}"] if self.asks else []
        parts += [f"seed {self.seed}"] if self.seed is not None else []
        return ", ".join(parts)


def parse(words: Sequence[str]) -> Recipe:
    """The recipe that the options of a command line say, each with its value behind it.

    Raises:
        RecipeUnusable: An option is unknown, has no such value, or there is none at all.
    """
    delay, asks, seed = 0.0, 0.0, None
    troubles: dict[Trouble, float] = {}
    rest = list(words)
    while rest:
        name, _, said = rest.pop(0).removeprefix("--").partition("=")
        valued = rest and not rest[0].startswith("--")
        value = said or (rest.pop(0) if valued else "")
        if name == "delay":
            delay = _seconds(value)
        elif name == "seed" and value.isdecimal():
            seed = int(value)
        elif name == ASK:
            asks = _share(name, value)
        elif name in set(Trouble):
            troubles[Trouble(name)] = _share(name, value)
        else:
            msg = f"`portico chaos` does not understand --{name} {value}".rstrip() + "."
            raise RecipeUnusable(msg)
    found = Recipe(delay, tuple(troubles.items()), asks, seed)
    if not (delay or asks or troubles):
        msg = "`portico chaos` is not told which trouble to make."
        raise RecipeUnusable(msg)
    return found


def _seconds(value: str) -> float:
    found = _DELAY.fullmatch(value)
    seconds = float(found[1]) / (1000 if found[2] == "ms" else 1) if found else _LONGEST + 1
    if seconds > _LONGEST:
        msg = f"--delay takes a time like 500ms or 2s, at most {_LONGEST:g}s, and not {value!r}."
        raise RecipeUnusable(msg)
    return seconds


def _share(name: str, value: str) -> float:
    if not value:
        return _ALWAYS
    found = _SHARE.fullmatch(value)
    share = float(found[1]) / 100 if found else _ALWAYS + 1
    if share > _ALWAYS:
        msg = f"--{name} takes a share like 10%, and not {value!r}; without one it is every call."
        raise RecipeUnusable(msg)
    return share


def _percent(share: float) -> str:
    return f"{share * 100:g} %"
