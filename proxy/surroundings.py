"""What of a window's environment becomes the hub's own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_BUS = "DBUS_SESSION_BUS_ADDRESS"


def take_bus(settings: Mapping[str, str]) -> None:
    """Take the session bus, which leads to the keyring, from the first window that has one.

    The hub is started by whoever comes first, with a fixed environment.
    """
    bus = settings.get(_BUS)
    if bus and _BUS not in os.environ:
        os.environ[_BUS] = bus
