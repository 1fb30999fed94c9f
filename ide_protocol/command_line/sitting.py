"""One person at a prompt, and one server: lines in, calls and reports out."""

from __future__ import annotations

import contextlib
import json
import shlex
import threading
from typing import TYPE_CHECKING, Any

import click

from auth.fault import Fault
from ide_protocol.command_line import argument
from ide_protocol.command_line.console import note, say, show
from ide_protocol.command_line.report import report
from ide_protocol.command_line.report import tell as tell_fault
from proxy.plain import plain
from proxy.upstream.contract import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ide_protocol.command_line.prompt import Prompt
    from ide_protocol.command_line.tried import Tried
    from proxy.trial.target import Target
    from proxy.trial.trial import Met

COMMANDS = {
    "/tools": "all tools with what they cost; with a name, one of them and what it takes",
    "/lint": "what is wrong with them",
    "/raw": "show, or no longer show, all that passes",
    "/reload": "start the server anew",
    "/entry": "what to hand in",
    "/help": "this",
    "/quit": "end",
}
"""What a line can be beside a call; no tool's name begins with a slash."""

_GONE = "{} does not run. Correct it, or say /reload."
_ABOUT = "A line is a call: TOOL name=value … or TOOL {JSON}. Beside that:"


class Sitting:
    """What happens between the first prompt and the last.

    Args:
        tried: The server.
        prompt: Where lines come from.

    Attributes:
        failed: Whether any call was not understood or ended in an error.
    """

    def __init__(self, tried: Tried, prompt: Prompt) -> None:
        self.failed = False
        self._tried = tried
        self._prompt = prompt
        # The one who types and the one who watches files do nothing at the same time.
        self._turn = threading.Lock()

    def run(self) -> None:
        """Do what each line says, until one says to end or there are no more."""
        for line in self._prompt.lines():
            word, _, rest = line.partition(" ")
            if word == "/quit":
                return
            with self._turn:
                self._tried.look()
                if word.startswith("/"):
                    self._command(word, rest.strip())
                elif word and not word.startswith("#"):
                    self._call(word, rest.strip())

    def _command(self, word: str, rest: str) -> None:
        from ide_protocol.command_line.view import trial as view

        tried = self._tried
        met, short = tried.met, tried.target.short
        if word == "/raw":
            tried.raw.shown = not tried.raw.shown
            note("Shown: all that passes." if tried.raw.shown else "Not shown any more.")
        elif word == "/reload":
            tried.reload()
        elif word not in COMMANDS or word == "/help":
            say(_ABOUT if word in COMMANDS else f"There is no {plain(word, 40)}. {_ABOUT}")
            show(view.commands(COMMANDS))
        elif met is None:
            note(_GONE.format(short))
        elif word == "/tools":
            tool = met.named.get(rest)
            show(view.one(tool) if tool else view.view(short, met, tried.findings))
        elif word == "/lint":
            show(view.lint(tried.findings))
        else:
            hand_in(tried.target, met)

    def _call(self, name: str, rest: str) -> None:
        met = self._tried.met
        tool = met.named.get(name) if met else None
        wrong, arguments = "", {}
        if met is None:
            wrong = _GONE.format(self._tried.target.short)
        elif tool is None:
            wrong = f"There is no tool {plain(name, 80)}{argument.near(name, met.named)}."
        else:
            try:
                arguments = _arguments(rest, tool.get("inputSchema"))
            except ValueError as odd:
                wrong = f"Not understood: {plain(str(odd), 400)}"
        if wrong:
            note(wrong)
            self.failed = True
        elif not self._answer(name, arguments):
            self.failed = True

    def _answer(self, name: str, arguments: dict[str, Any]) -> bool:
        """Call a tool and print what becomes of it; whether it worked.

        It is sent as it was typed, also where it does not fit: what the server makes of that is
        part of the trial.
        """
        try:
            envelope = self._tried.ask(self._prompt, name, arguments)
        except Fault as fault:
            tell_fault(report(fault))
            return False
        except Refused as refused:
            note(f"✗ {plain(str(refused), 400)}")
            return False
        if envelope is None:
            note("Cancelled.")
            return False
        error = envelope.get("error")
        if isinstance(error, dict):
            note(f"✗ {plain(str(error.get('message', '')), 400)} ({error.get('code')})")
            return False
        from ide_protocol.command_line.view.result import present

        result = envelope["result"]
        present(result)
        return result.get("isError") is not True

    @contextlib.contextmanager
    def watching(self, seconds: float) -> Iterator[None]:
        """Look by itself every so many seconds, while a person is at the prompt."""
        if not self._prompt.interactive:
            yield  # A script's lines come when they come, and each looks first.
            return
        over = threading.Event()

        def watch() -> None:
            while not over.wait(seconds):
                with self._turn:
                    if not over.is_set() and self._tried.look(self._prompt.clear):
                        self._prompt.again()

        watcher = threading.Thread(target=watch, name="portico-watching", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()


def words(tried: Tried, line: str) -> list[str]:
    """What can come next in a line, for completion."""
    met = tried.met
    if met is None:
        return list(COMMANDS)
    first, blank, _ = line.partition(" ")
    if not blank:
        return [*met.named, *COMMANDS]
    if first == "/tools":
        return list(met.named)
    schema = met.named.get(first, {}).get("inputSchema")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return [f"{name}=" for name in properties] if isinstance(properties, dict) else []


def hand_in(target: Target, met: Met) -> None:
    """Print the registry entry with its governance draft, and what has to be filled in."""
    from proxy.registry.submission import envelope, notes, section

    found = envelope(target.short, target.url, met.terms.server_info, met.tools)
    note("To hand in, when it is ready:")
    # Never wrapped, as it is there to be copied.
    click.echo(json.dumps(found, indent=2))
    for sentence in notes(found, program=target.program is not None):
        note(f"- {sentence}")
    note("For yourself alone, in portico.toml:")
    click.echo(section(target.short, target.url, target.program))


def _arguments(rest: str, schema: object) -> dict[str, Any]:
    """What a line gives a tool.

    Raises:
        ValueError: It is neither pairs nor a JSON object; the text says why.
    """
    taken = schema if isinstance(schema, dict) else None
    if rest.startswith("{"):
        return argument.parse((), rest, taken)
    return argument.parse(shlex.split(rest), None, taken)
