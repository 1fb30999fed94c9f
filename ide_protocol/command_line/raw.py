"""What passes between a trial and its server, as it is, for whoever wants to see it.

Everything goes to stderr, so that stdout holds results alone. What a program writes to its standard
error is shown in any case: it is how its author learns why it does not work.
"""

from __future__ import annotations

import sys

from ide_protocol.command_line.block import block
from proxy.plain import plain

_MOST = 20_000
"""Characters of one message that are shown."""

_LINE = 2000


class Raw:
    """The watching side of a trial.

    Args:
        short: The server's short name.
        shown: Whether the exchange is shown, and not only what a program complains of.
        lines: Whether the server is a program, whose output is lines.
    """

    def __init__(self, short: str, *, shown: bool, lines: bool = False) -> None:
        self.shown = shown
        self.noise = ""
        """The first line of a program's output that was no message; empty without one."""
        self._lines = lines
        self._short = short

    def sent(self, what: bytes) -> None:
        """See `proxy.upstream.contract.Tap`."""
        self._show("→", what)

    def received(self, what: bytes) -> None:
        """See `proxy.upstream.contract.Tap`."""
        self._show("←", what)
        if self._lines and not what.lstrip().startswith((b"{", b"[")):
            line = plain(what.decode("utf-8", "replace").strip(), _LINE)
            self.noise = self.noise or line
            _print(f"{self._short} prints to its output, where messages alone belong: {line}")

    def complained(self, line: str) -> None:
        """See `proxy.upstream.contract.Tap`."""
        # Indented as it came: a traceback is read by its columns.
        _print(f"{self._short} says: {block(line[:_LINE])}" if line.strip() else "")

    def _show(self, arrow: str, what: bytes) -> None:
        if not self.shown:
            return
        text = what.decode("utf-8", "replace").strip()
        more = f"\n… {len(text) - _MOST:,} more characters" if len(text) > _MOST else ""
        _print("\n  ".join(f"{arrow} {block(text[:_MOST])}{more}".splitlines()))


def _print(text: str) -> None:
    if text:
        # One write, because the server speaks in a thread of its own while a person types.
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
