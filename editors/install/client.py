"""One client: where it keeps its servers, and what Portico's entry looks like there."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAME = "portico"
"""The key of our entry in every file. Nothing else in them is ever touched."""


class Scope(StrEnum):
    """For whom a client is set up."""

    USER = "user"
    """For everything that this user opens."""
    PROJECT = "project"
    """For one folder, in a file that people may commit."""


class Syntax(StrEnum):
    """What a file is written in."""

    JSON = "json"
    """JSON, in which comments and trailing commas are left as they are."""
    TOML = "toml"
    LUA = "lua"
    """A configuration that is a program: our entry is a block of lines between two comments."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file of one client.

    Attributes:
        path: Where it is, with `/` between folders; `~` and `%NAME%` stand for the home folder and
            a variable of Windows. In a project it is relative to the project's folder.
        keys: The keys under which servers stand; none where the whole file is Portico's own.
        entry: Portico's entry, made of the words of its command.
        syntax: What the file is written in.
    """

    path: str
    keys: tuple[str, ...]
    entry: Callable[[list[str]], dict[str, object]]
    syntax: Syntax = Syntax.JSON


@dataclass(frozen=True, slots=True)
class Client:
    """A program that can start Portico.

    Attributes:
        name: What people type.
        title: What its makers call it.
        user: Platform (`linux`, `darwin`, `win32`) -> its file for this user; empty for none.
        project: Its file in a project, or None.
        graphical: Whether it starts without a shell's PATH, so that it needs an absolute path.
        reload: What makes it notice the change, as a sentence.
        seen: Platform -> paths whose existence says that it is installed.
    """

    name: str
    title: str
    user: Mapping[str, Place] = field(default_factory=dict)
    project: Place | None = None
    graphical: bool = False
    reload: str = ""
    seen: tuple[str, ...] = ()

    def place(self, scope: Scope, platform: str) -> Place | None:
        """Its file for `scope`, or None where it has none."""
        return self.project if scope is Scope.PROJECT else self.user.get(platform)


def everywhere(place: Place) -> dict[str, Place]:
    """The same file, below the home folder, on every platform."""
    return dict.fromkeys(("linux", "darwin", "win32"), place)


@dataclass(frozen=True, slots=True)
class Family:
    """Several clients that people set up together.

    Attributes:
        name: What people type.
        members: The names of its clients.
        note: What is left for people to do, as sentences.
    """

    name: str
    members: tuple[str, ...]
    note: str
