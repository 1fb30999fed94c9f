"""Who works at Example Corp: three people, and the groups that decide what they may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPANY = "Example Corp"


@dataclass(frozen=True, slots=True)
class Person:
    """One employee.

    Attributes:
        login: Sign-in name; also the `sub` of their tokens.
        name: As people write it.
        role: Shown on the sign-in page, so that a visitor knows whom to pick.
        groups: Business groups, as they stand in tokens.
    """

    login: str
    name: str
    role: str
    groups: tuple[str, ...]

    @property
    def email(self) -> str:
        """Mail address in the reserved domain `corp.example`."""
        return f"{self.login}@corp.example"

    @property
    def initials(self) -> str:
        """Two letters for the picture on the sign-in page."""
        return "".join(word[0] for word in self.name.split())


PEOPLE: Mapping[str, Person] = {
    person.login: person
    for person in (
        Person("alice", "Alice Archer", "Data engineering", ("employees", "data-eng")),
        Person("bob", "Bob Brandt", "Ads engineering", ("employees", "ads-eng")),
        Person("carol", "Carol Castillo", "Infrastructure", ("employees", "infra")),
    )
}
