"""A word on the person's desktop, where there is one: a program of the system shows it.

It is told by arguments, never by a shell. The environment is that of the window whose call waits:
only the window knows which desktop it stands on.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger("portico.approval")

_PATIENCE = 3.0
_NEEDS = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR")
_SCRIPT = (
    "on run argv",
    "display notification (item 2 of argv) with title (item 1 of argv)",
    "end run",
)


async def notify(title: str, text: str, settings: Mapping[str, str]) -> bool:
    """Show a notification; whether a program took it. Waits for it at most 3 seconds.

    Args:
        title: One line.
        text: A few sentences, safe to show.
        settings: The environment of the window that it is about.
    """
    argv = command(title, text)
    program = shutil.which(argv[0]) if argv else None
    if program is None:
        return False
    environment = {name: settings[name] for name in _NEEDS if name in settings}
    if sys.platform != "darwin" and "DBUS_SESSION_BUS_ADDRESS" not in environment:
        return False  # Without a bus there is no desktop to tell.
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            program, *argv[1:], stdin=quiet, stdout=quiet, stderr=quiet, env=environment
        )
    except OSError as wrong:
        log.info("the desktop could not be told: %s", wrong.strerror)
        return False
    try:
        async with asyncio.timeout(_PATIENCE):
            return await process.wait() == 0
    except TimeoutError:
        process.kill()
        await process.wait()
        return False


def command(title: str, text: str, platform: str = sys.platform) -> list[str]:
    """The program that shows a notification here, with its arguments; empty where none is known."""
    if platform == "darwin":
        script = [part for line in _SCRIPT for part in ("-e", line)]
        return ["osascript", *script, "--", title, text]
    if platform == "linux":
        # A desktop may read markup in the text, and shows this one urgently but not for ever.
        safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return ["notify-send", "--app-name=Portico", "--urgency=normal", "--", title, safe]
    return []
