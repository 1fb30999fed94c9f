"""What rules may know of a workspace: its folder, its git remotes and its tags.

The remotes are read from the repository's own configuration, as text: git is never run, because a
repository can name programs that git would start. Worktrees, submodules and folders inside a
repository lead to the same file as with git. Includes and `insteadOf` are not followed.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from proxy.policy.circumstances import NOWHERE, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LIMIT = 256 * 1024
"""Bytes of a repository's configuration that are read."""

_LONGEST = 4096
"""Characters of a folder that is looked at; no system has longer ones."""

_AT_ONCE = getattr(os, "O_NONBLOCK", 0)

_SECTION = re.compile(r'^\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]')
_URL = re.compile(r"^\s*url\s*=\s*(.*?)\s*$", re.IGNORECASE)
_SCP = re.compile(r"^(?:[^@/:]+@)?([^@/:]+):(?!//)(.+)$")
"""The short form of an address over SSH: `user@host:path`."""


def look(folder: str | None, home: str, tags: Mapping[str, tuple[str, ...]]) -> Workspace:
    """A workspace as it is on disk now; reads a few small files.

    Args:
        folder: Its path; None is no workspace.
        home: The user's home folder, for rules that begin with `~`.
        tags: Tag -> folders, or globs of them or of remotes, that have it.
    """
    if not folder:
        return NOWHERE
    paths = [folder]
    if folder == home or folder.startswith(f"{home}/"):
        paths.append(f"~{folder[len(home) :]}")
    return Workspace(tuple(paths), remotes(Path(folder))).tagged(tags)


def remotes(folder: Path) -> frozenset[str]:
    """The git remotes of the repository that a folder is in; none where it is in none."""
    if len(str(folder)) > _LONGEST:
        return frozenset()
    for place in (folder, *folder.parents):
        configuration = _configuration(place / ".git")
        if configuration is not None:
            found = (remote(url) for url in _urls(_text(configuration)))
            return frozenset(filter(None, found))
    return frozenset()


def remote(url: str) -> str:
    """An address of a repository as rules write it: `host/path`, without user, port and `.git`.

    Empty for a folder on this machine, and for what is no address.
    """
    short = _SCP.match(url)
    if short is not None:
        host, path = short[1], short[2]
    else:
        try:
            parts = urlsplit(url)
            host, path = parts.hostname or "", parts.path
        except ValueError:
            return ""
    path = path.strip("/").removesuffix(".git").rstrip("/")
    return f"{host.lower()}/{path}" if host and path else ""


def _configuration(git: Path) -> Path | None:
    """The configuration behind a `.git`: a folder, or a file that names one elsewhere."""
    try:
        if git.is_dir():
            return git / "config"
        if not git.is_file():
            return None
    except (OSError, ValueError):
        return None
    named = _text(git).strip()
    if not named.startswith("gitdir:"):
        return None
    folder = git.parent / named.removeprefix("gitdir:").strip()
    # A worktree's folder says where the repository's own is; a submodule's has all in itself.
    common = _text(folder / "commondir").strip()
    return (folder / common if common else folder) / "config"


def _text(file: Path) -> str:
    """A file's beginning; empty where it cannot be read, or is no file.

    Whoever made the folder may have put a pipe there, and to open one waits for its other end.
    """
    try:
        with open(os.open(file, os.O_RDONLY | _AT_ONCE), "rb") as opened:  # noqa: PTH123
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                return ""
            return opened.read(_LIMIT).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""  # A ValueError is a name that no file can have.


def _urls(text: str) -> Iterator[str]:
    """The `url` of each remote in a git configuration."""
    within = False
    for line in text.splitlines():
        section = _SECTION.match(line)
        if section is not None:
            within = section[1].lower() == "remote" and section[2] is not None
            line = line[section.end() :]  # noqa: PLW2901 - git allows a value behind its section.
        url = _URL.match(line) if within else None
        if url is not None:
            yield url[1].strip('"')
