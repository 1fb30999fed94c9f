"""What of a window's environment becomes the hub's own."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
_BUS = "DBUS_SESSION_BUS_ADDRESS"
_MESH = "SPIFFE_ENDPOINT_SOCKET"


def take_bus(settings: Mapping[str, str]) -> None:
    """Take the session bus, which leads to the keyring, from the first window that has one.

    The hub is started by whoever comes first, with a fixed environment.
    """
    bus = settings.get(_BUS)
    if bus and _BUS not in os.environ:
        os.environ[_BUS] = bus


def remote(settings: Mapping[str, str], *, screen: bool) -> bool:
    """Whether a window's person probably has their browser on another machine than the hub.

    Args:
        settings: The window's environment.
        screen: Whether a window without a display counts as such, as a terminal does.
    """
    if "SSH_CONNECTION" in settings:
        return True
    bare = sys.platform not in {"darwin", "win32"} and not any(map(settings.get, _SCREENS))
    return screen and bare


def take_mesh(settings: Mapping[str, str]) -> None:
    """Take the socket of the mesh's agent, likewise; servers judge what its papers are worth."""
    agent = settings.get(_MESH)
    if agent and _MESH not in os.environ:
        os.environ[_MESH] = agent
