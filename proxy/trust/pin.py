"""A pin: which definition of a tool was trusted, since when, and by whose word."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTRUCTIONS = ""
"""Stands among the names of a server's tools for the server's own instructions."""


class By(StrEnum):
    """Whose word a pin is."""

    FIRST_USE = "first use"
    COMPANY = "the company"
    PERSON = "you"


@dataclass(frozen=True, slots=True)
class Pin:
    """One pin.

    Attributes:
        digest: Of the definition that was trusted, see `proxy.trust.digest`.
        at: Unix seconds when it was given.
        by: Whose word it is.
        version: By which `proxy.trust.poison.VERSION` the definition was looked at.
        ordered_about: Names about which the definition gives orders.
    """

    digest: str
    at: float
    by: By
    version: int
    ordered_about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompanyPins:
    """The digests that the company's registry gives for one server.

    Attributes:
        tools: Tool name -> digests that a reviewer accepted. Where there are any, a tool that is
            not among them is not trusted.
        whole: Digests of whole lists of tools, see `proxy.trust.digest.of_all`.
        instructions: Digests of the server's instructions.
    """

    tools: Mapping[str, frozenset[str]] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    instructions: frozenset[str] = frozenset()

    @property
    def speak_of_tools(self) -> bool:
        """Whether the company decides on this server's tools, and not the first use."""
        return bool(self.tools or self.whole)


NO_PINS = CompanyPins()
