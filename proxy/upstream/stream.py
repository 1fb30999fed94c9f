"""Server-sent events (WHATWG HTML, 9.2.6) as bytes come in; pure, incremental, bounded."""

from __future__ import annotations

_BOM = b"\xef\xbb\xbf"


class TooLarge(ValueError):  # noqa: N818 - it says what the event is.
    """One event holds more bytes than Portico is willing to keep."""


class Events:
    """The events of one stream.

    Lines may end in CR, LF or both; comments are skipped, and so are events of another type than
    `message`. Text stays bytes until a whole event is there, so a part may end inside a character.

    Args:
        limit: Bytes that one event may have.

    Attributes:
        last: The id of the last event that was complete; empty when none had one.
        retry: Milliseconds to wait before the stream is opened again, or None.
    """

    __slots__ = (
        "_after_cr",
        "_data",
        "_id",
        "_kind",
        "_limit",
        "_rest",
        "_size",
        "_started",
        "last",
        "retry",
    )

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest = bytearray()
        self._data: bytearray | None = None
        self._kind = b""
        self._size = 0
        self._started = False
        self._after_cr = False
        self._id = b""
        self.last = b""
        self.retry: int | None = None

    def feed(self, part: bytes) -> list[bytes]:
        """Take the next bytes; the `data` of every event that they complete.

        Raises:
            TooLarge: An event is over the limit.
        """
        if not part:
            return []
        # A CR at the end of one part and the LF at the start of the next are one line's end.
        if self._after_cr and part[:1] == b"\n":
            part = part[1:]
        lines = part.splitlines(keepends=True)
        self._after_cr = part[-1:] == b"\r"
        complete: list[bytes] = []
        for line in lines:
            self._size += len(line)
            if self._size > self._limit:
                raise TooLarge
            if line[-1:] not in {b"\n", b"\r"}:
                self._rest += line
                break
            if self._rest:
                line = bytes(self._rest + line)  # noqa: PLW2901 - the line, whole at last.
                self._rest.clear()
            data = self._line(line.rstrip(b"\r\n"))
            if data is not None:
                complete.append(data)
        return complete

    def _line(self, line: bytes) -> bytes | None:
        """Take one whole line; the event's data when the line ends an event."""
        if not self._started:
            self._started = True
            line = line.removeprefix(_BOM)
        if not line:
            data, kind = self._data, self._kind
            self._data, self._kind, self._size = None, b"", 0
            self.last = self._id
            return bytes(data) if data is not None and kind in {b"", b"message"} else None
        word, _, value = line.partition(b":")
        if word == b"data":
            # One growing buffer: lines of a byte each, kept apart, would weigh far more.
            if self._data is None:
                self._data = bytearray()
            else:
                self._data += b"\n"
            self._data += value.removeprefix(b" ")
        elif word == b"event":
            self._kind = value.removeprefix(b" ")
        elif word == b"id":
            # It comes back to the server in a header, which can hold visible ASCII and blanks.
            name = value.removeprefix(b" ")
            if name.isascii() and name.decode("ascii").isprintable():
                self._id = name
        elif word == b"retry" and value.strip().isdigit():
            self.retry = int(value.strip()[:9])
        return None
