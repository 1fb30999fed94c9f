"""The streams of one session that its client may come back for, found by the id of an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.door.connection import OUTBOX_MOST
from ide_protocol.http.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable

LEFT_SECONDS = 300.0
"""How long a stream is kept after its response ended."""

LEFT_MOST = 64
"""Streams that one session may have left; the one left longest goes first."""

LEFT_BYTES = OUTBOX_MOST
"""Bytes that they may hold together."""

_LONGEST_ID = 64


class Replay:
    """Streams by name.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._made = 0
        self._streams: dict[str, Stream] = {}
        self._left: dict[str, float] = {}

    def begin(self, kind: str, *, primes: bool) -> Stream:
        """A new stream, under a name that no other one of the session ever has.

        Args:
            kind: A letter that its name begins with.
            primes: See `Stream`.
        """
        self._made += 1
        stream = Stream(f"{kind}{self._made}", primes=primes)
        self._streams[stream.name] = stream
        return stream

    def find(self, identifier: str) -> Stream | None:
        """The stream of an event, set to go on after it; None when it is not kept any more."""
        name, _, rest = identifier[:_LONGEST_ID].partition(".")
        number = rest.partition(".")[0]
        stream = self._streams.get(name)
        if stream is None or not (number.isascii() and number.isdigit()):
            return None
        return stream if stream.rewind(int(number)) else None

    def forget(self, stream: Stream) -> None:
        """Nobody can come back for it."""
        self._streams.pop(stream.name, None)
        self._left.pop(stream.name, None)

    def leave(self, stream: Stream) -> None:
        """Its response has ended; keep it for a while."""
        self._left.pop(stream.name, None)
        if stream.name in self._streams:
            self._left[stream.name] = self._clock()

    def tidy(self) -> list[Stream]:
        """Forget streams that were left for long, or hold too much together; gives them.

        One that is read again counts as left no longer.
        """
        now = self._clock()
        self._left = {n: at for n, at in self._left.items() if not self._streams[n].read}
        held = sum(self._streams[name].held for name in self._left)
        gone: list[Stream] = []
        for name, at in list(self._left.items()):
            over = len(self._left) > LEFT_MOST or held > LEFT_BYTES
            if not over and now - at <= LEFT_SECONDS:
                break  # Those after it were left later.
            stream = self._streams[name]
            held -= stream.held
            self.forget(stream)
            gone.append(stream)
        return gone
