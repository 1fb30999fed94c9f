"""The prompt of `portico try`: where lines come from, and how a server's question is answered.

At a terminal a line is edited, repeated and completed by readline, whose history ends with the
process. Elsewhere lines come from stdin as they are, so that a script can hold a trial too.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

from ide_protocol.command_line import argument
from ide_protocol.command_line.block import block
from ide_protocol.command_line.console import note
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Prompt:
    """Where a person types.

    Args:
        short: The server's short name.
        words: What a line can begin with or hold, for completion.
    """

    def __init__(self, short: str, words: Callable[[str], list[str]]) -> None:
        self.interactive = sys.stdin.isatty() and sys.stderr.isatty()
        self._sign = f"{short}> "
        self._words = words

    def lines(self) -> Iterator[str]:
        """Each line until the end of input; Ctrl-C empties the line that is being typed."""
        if not self.interactive:
            for line in sys.stdin:
                yield line.strip()
            return
        with self._completion():
            while True:
                try:
                    yield input(self._sign).strip()
                except KeyboardInterrupt:
                    sys.stderr.write("\n")
                except EOFError:
                    sys.stderr.write("\n")
                    return

    def clear(self) -> None:
        """Take the prompt and what was typed off its line, so that something can be said there."""
        if self.interactive:
            sys.stdout.write("\r\x1b[K")
            sys.stdout.flush()

    def again(self) -> None:
        """Show the prompt and what was typed again, after something was printed over it."""
        if not self.interactive:
            return
        typed = ""
        with contextlib.suppress(ImportError):
            import readline

            typed = readline.get_line_buffer()
        sys.stdout.write(f"{self._sign}{typed}")
        sys.stdout.flush()

    def answer(self, params: dict[str, Any]) -> dict[str, Any]:
        """Put a server's form to the person: an elicitation result.

        Args:
            params: The question, named and looked at already.
        """
        note(block(str(params.get("message", ""))))
        schema = params.get("requestedSchema")
        properties = schema.get("properties") if isinstance(schema, dict) else None
        content: dict[str, Any] = {}
        try:
            for name, one in (properties if isinstance(properties, dict) else {}).items():
                typed = self._field(name, one if isinstance(one, dict) else {})
                if typed:
                    content[name] = argument.value(typed, one)
            if input("Send it? [y/N] ").strip().lower() not in {"y", "yes"}:
                return {"action": "decline"}
        except (EOFError, KeyboardInterrupt):
            sys.stderr.write("\n")
            return {"action": "cancel"}
        return {"action": "accept", "content": content}

    def _field(self, name: str, schema: dict[str, Any]) -> str:
        about = plain(str(schema.get("description") or schema.get("title") or name), 200)
        kind = plain(str(schema.get("type", "")), 40)
        return input(f"  {about} ({plain(name, 60)}{f', {kind}' if kind else ''}): ").strip()

    @contextlib.contextmanager
    def _completion(self) -> Iterator[None]:
        try:
            import readline
        except ImportError:
            yield  # Some builds of Python have none; a line is a line all the same.
            return
        found: list[str] = []

        def complete(text: str, state: int) -> str | None:
            if state == 0:
                line = readline.get_line_buffer()
                found[:] = [word for word in self._words(line) if word.startswith(text)]
            return found[state] if state < len(found) else None

        readline.set_completer_delims(" ")
        readline.set_completer(complete)
        readline.parse_and_bind("tab: complete")
        try:
            yield
        finally:
            readline.set_completer(None)
            readline.clear_history()
