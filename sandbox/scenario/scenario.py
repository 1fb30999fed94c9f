"""What a scenario is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp

    from sandbox.company import Company


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the person does.

    Attributes:
        say: Why, and what it shows.
        run: The command, as it is typed; a line that goes on ends in a backslash.
        press: The button to press on the page that opens, or "".
        see: Words of the answer, literally.
        nowhere: Words that the answer does not hold.
        again: Whether it takes several tries until they are seen.
    """

    say: str
    run: str
    press: str = ""
    see: tuple[str, ...] = ()
    nowhere: str = ""
    again: bool = False


def _nothing(_: Company) -> None:
    """Leave the company as it is."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story.

    Attributes:
        name: What it is called in a command.
        title: What people read.
        about: Who wants what, in a sentence or two.
        person: Login of whom the story is about.
        steps: What they do, in order.
        applications: The company's servers, where they are not the sandbox's own; see `Company`.
        begin: What else is different at this company, from its first moment.
        turned: What has happened after the turn, in a sentence; "" without a turn.
        turn: Makes it happen; done once.
    """

    name: str
    title: str
    about: str
    person: str
    steps: tuple[Step, ...]
    applications: Callable[[], Mapping[str, ASGIApp]] | None = None
    begin: Callable[[Company], None] = _nothing
    turned: str = ""
    turn: Callable[[Company], None] = _nothing


def sign_in(person: str) -> Step:
    """How every story begins."""
    say = "Sign in. The page asks nothing, because you play one person in this story."
    return Step(say, "portico login", see=(f"Signed in as {person}",))


TURN = "portico sandbox turn"
CALLS = "portico sandbox calls"
