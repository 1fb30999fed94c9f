"""`portico --offline` and `portico --online`: whether anything beyond this computer is reached."""

from __future__ import annotations

from ide_protocol.command_line.console import note, say
from ide_protocol.command_line.conversation import conversation
from ide_protocol.own import contract

_OFFLINE = """\
Offline, in every window, until you say `portico --online`.
Nothing beyond this computer is reached, and no token leaves its sealed file.
Servers on this computer work. `portico servers` shows the lists of all others with their age."""
_ONLINE = "Online again. Servers are asked anew, and nothing needs a restart."
_AWAY = "Online by your word, but nothing beyond this computer answers now."


def turn(*, offline: bool, alone: bool) -> None:
    """Go offline or come back, and say so.

    Args:
        offline: Which.
        alone: Whether no command follows, whose own answer is what the person waits for.
    """
    with conversation() as hub:
        asked = {"offline": offline}
        stands = hub.request(contract.OFFLINE, asked, doing="Telling the hub").get("offline")
    if not alone:
        note("Portico is offline now." if offline else "Portico is online again.")
    elif offline:
        say(_OFFLINE)
    else:
        say(_ONLINE if stands is None else _AWAY)
