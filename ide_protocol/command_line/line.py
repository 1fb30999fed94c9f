"""The hub's end of the socket, as whole messages.

After the hello, the command line and the hub exchange JSON-RPC 2.0 messages, one per line. A NUL
byte where a message would begin is the hub's farewell; an end without one means it was lost.
"""

from __future__ import annotations

import json
import select
from enum import Enum
from typing import TYPE_CHECKING, Any

from auth.fault import Fault, Who

if TYPE_CHECKING:
    import socket

_CHUNK = 256 * 1024


class HubUnreachable(Fault):
    """No hub could be reached or started, or it refused this command."""

    reference = "hub-unreachable"
    who = Who.PERSON
    remedy = "Read `portico hub logs`, then run `portico doctor`."


class HubVanished(Fault):
    """The hub ended, in order or not, before it answered."""

    reference = "hub-vanished"
    who = Who.PERSON
    remedy = "Run the command again; it starts a new hub. `portico audit` shows whether a call ran."


class Quiet(Enum):
    """What happened instead of a message."""

    LATE = "nothing came in time"
    BESIDES = "the other descriptor can be read"


class Line:
    """A connection to the hub.

    Args:
        connection: A blocking socket, after the hellos. The caller closes it.
        heard: What the hub sent already.
    """

    def __init__(self, connection: socket.socket, heard: bytes = b"") -> None:
        self._connection = connection
        self._heard = bytearray(heard)
        self._searched = 0

    def send(self, message: dict[str, Any]) -> None:
        """Send one message.

        Raises:
            HubVanished: The hub is gone.
        """
        data = json.dumps({"jsonrpc": "2.0", **message}, allow_nan=False).encode("ascii") + b"\n"
        try:
            self._connection.sendall(data)
        except OSError as lost:
            raise _lost() from lost

    def receive(
        self, *, patience: float | None = None, besides: int | None = None
    ) -> dict[str, Any] | Quiet:
        """The next message, or what happened first.

        Args:
            patience: Seconds to wait for more bytes; None waits as long as it takes.
            besides: Another file descriptor to watch, such as the person's keyboard.

        Raises:
            HubVanished: The hub is gone, said farewell, or does not speak JSON.
        """
        watched: list[int] = [self._connection.fileno()]
        if besides is not None:
            watched.append(besides)
        while (message := self._message()) is None:
            ready, _, _ = select.select(watched, [], [], patience)
            if not ready:
                return Quiet.LATE
            if watched[0] not in ready:
                return Quiet.BESIDES
            self._hear()
        return message

    def _hear(self) -> None:
        try:
            part = self._connection.recv(_CHUNK)
        except OSError as lost:
            raise _lost() from lost
        if not part:
            raise _lost()
        self._heard += part

    def _message(self) -> dict[str, Any] | None:
        if self._heard[:1] == b"\0":
            msg = "The hub ended before it answered."
            raise HubVanished(msg)
        mark = self._heard.find(b"\n", self._searched)
        if mark < 0:
            # Searched bytes are not searched again: a large answer arrives in many parts.
            self._searched = len(self._heard)
            return None
        line = bytes(self._heard[:mark])
        del self._heard[: mark + 1]
        self._searched = 0
        try:
            message = json.loads(line)
        except (ValueError, RecursionError) as garbled:
            msg = "The hub sent something that is not JSON."
            raise HubVanished(msg) from garbled
        if not isinstance(message, dict):
            msg = "The hub sent JSON that is not a message."
            raise HubVanished(msg)
        return message


def _lost() -> HubVanished:
    return HubVanished("The hub went away before it answered.")
