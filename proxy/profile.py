"""Which servers a window shows: those it names, or its workspace's profile. Pure."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from proxy.catalog.view import View, view

if TYPE_CHECKING:
    from proxy.configuration import Configuration
    from proxy.session import Session


def view_of(configuration: Configuration, session: Session) -> View:
    """What of the catalog a window sees now; its workspace may become known only later."""
    place, host = session.place, session.host
    if session.only:
        return view(session.only, bare=session.bare, place=place, host=host)
    if session.workspace is not None:
        for profile in configuration.profiles:
            if any(_within(session.workspace, glob) for glob in profile.workspaces):
                return view(profile.servers, bare=False, place=place, host=host)
    return View(place=place, host=host)


def _within(workspace: str, glob: str) -> bool:
    """Whether a glob speaks of a folder, or of one around it."""
    folder = glob.rstrip("/")
    return fnmatchcase(workspace, folder) or fnmatchcase(workspace, f"{folder}/*")
