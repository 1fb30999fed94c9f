"""What is known of a call beside the tool: who makes it, from where, and with which arguments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proxy.policy.pattern import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Workspace:
    """The project that a window works on, as it was found when the window named it.

    Attributes:
        paths: The folder as rules may write it: whole and, where it fits, beginning with `~`.
            Empty where the workspace is unknown.
        remotes: Its git remotes as `host/path`, see `proxy.workspace.remote`.
        tags: What the configuration calls it.
    """

    paths: tuple[str, ...] = ()
    remotes: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    def within(self, folders: Iterable[str]) -> bool:
        """Whether it is one of these folders (or globs of folders), or inside one."""
        bare = [folder.rstrip("/") for folder in folders]
        globs = [glob for folder in bare for glob in (folder, f"{folder}/*")]
        return any(fits(path, globs) for path in self.paths)

    def tagged(self, tags: Mapping[str, tuple[str, ...]]) -> Workspace:
        """The same with the tags that policies give it.

        Args:
            tags: Tag -> folders, or globs of them or of remotes, that have it.
        """
        found = frozenset(
            tag
            for tag, globs in tags.items()
            if self.within(globs) or any(fits(remote, globs) for remote in self.remotes)
        )
        return Workspace(self.paths, self.remotes, found)


NOWHERE = Workspace()
"""The workspace of a window that has none."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who calls, from where, with what.

    Attributes:
        groups: The user's business groups.
        user: The subject of whoever is signed in; empty for nobody.
        host: What the asking program calls itself. It is a claim.
        workspace: What its window works on.
        arguments: What the tool would be given; None where that is not known, as in a list.
    """

    groups: frozenset[str] = frozenset()
    user: str = ""
    host: str = ""
    workspace: Workspace = NOWHERE
    arguments: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """Some workspaces: those that fit one of its patterns of any kind; without any, all of them.

    Attributes:
        remotes: Globs of git remotes, such as `github.com/example/*`.
        paths: Folders or globs of folders; what is inside them counts too.
        tags: Tags, word by word.
        closed: Whether nothing fits, because the patterns could not be read.
    """

    remotes: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    closed: bool = False

    def __bool__(self) -> bool:
        return bool(self.remotes or self.paths or self.tags or self.closed)

    def admits(self, workspace: Workspace) -> bool:
        """Whether a workspace is one of these."""
        if not self:
            return True
        if self.closed:
            return False
        return (
            not self.tags.isdisjoint(workspace.tags)
            or any(fits(remote, self.remotes) for remote in workspace.remotes)
            or workspace.within(self.paths)
        )

    def __str__(self) -> str:
        """As the end of a sentence: "workspaces …"."""
        if self.closed:
            return "workspaces that its entry names in a way that cannot be read"
        parts = [
            *(f"with the git remote {glob}" for glob in self.remotes),
            *(f"in {folder}" for folder in self.paths),
            *(f"tagged {tag}" for tag in sorted(self.tags)),
        ]
        return f"workspaces {' or '.join(parts)}"


ANYWHERE = Context()
"""Every workspace, also none."""
