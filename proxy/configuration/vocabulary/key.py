"""What one key of a configuration file is: how it is written, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping


class Shape(StrEnum):
    """What TOML a key takes; `proxy.configuration.section.Section` has a reader for each."""

    TEXT = "text"
    URL = "url"
    TEXTS = "texts"
    FLAG = "flag"
    NUMBER = "number"
    WHOLE = "whole number"
    CHOICE = "choice"
    VALUES = "values"
    GROUPS = "groups of texts"
    ENVIRONMENT = "environment"
    HEADERS = "headers"
    TABLE = "table"
    TABLES = "named tables"


@dataclass(frozen=True, slots=True)
class Key:
    """One key. The pages of the documentation hold `default` and `meaning` as they stand here.

    Attributes:
        name: As it is written.
        shape: What it takes.
        default: What holds without it, in Markdown; `required` where nothing does.
        meaning: What it does, in Markdown.
        words: The only words it takes, or the usual ones of an array; empty for any.
        most: The largest number it takes; 0 for none.
        table: The kind of table below it.
    """

    name: str
    shape: Shape
    default: str
    meaning: str
    words: tuple[str, ...] = ()
    most: int = 0
    table: str = ""

    @property
    def required(self) -> bool:
        """Whether its table cannot be without it, whatever else it holds."""
        return self.default == "required"


Keys: TypeAlias = "Mapping[str, Key]"
"""The keys of one kind of table, by their names, in the order of the documentation."""


def keys(*all_of_them: Key) -> Keys:
    """The keys of one kind of table."""
    return {key.name: key for key in all_of_them}
