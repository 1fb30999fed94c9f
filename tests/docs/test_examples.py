"""The fenced examples of every page work: commands parse, configurations load, JSON is JSON."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from ide_protocol.command_line import main
from ide_protocol.command_line.program import program
from ide_protocol.door import shim
from proxy.chaos.recipe import parse
from proxy.configuration import load
from proxy.configuration.company_policy import load_policy
from proxy.setup.document import read_setup
from sandbox import demo
from sandbox.command_line import program as sandbox
from tests.docs.page import PAGES, fences, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


ELSEWHERE = {"mcp", "lsp", "record", "replay", "chaos", "demo", "sandbox"}
"""Commands that the front door runs without the command line."""


def lines(language: str = "sh") -> list[tuple[str, list[str]]]:
    """Page and words of every command in a shell example."""
    return [
        (page.name, shlex.split(line, comments=True))
        for page in PAGES
        for example in fences(page.read_text(encoding="utf-8"), language)
        for line in example.splitlines()
        if line.strip()
    ]


def own() -> list[tuple[str, list[str]]]:
    """Page and arguments of every command that starts Portico."""
    found = []
    for page, words in lines():
        # What follows `--` is what another program shall start.
        started = words[words.index("--") + 1 :] if "--" in words else words
        if started and started[0].rpartition("/")[2] == "portico":
            # What is read from a file is the shell's to know.
            given = started[1 : started.index("<")] if "<" in started else started[1:]
            found.append((page, given))
    return found


@pytest.mark.parametrize(("page", "arguments"), own())
def test_every_command_on_a_page_is_understood(page: str, arguments: list[str]) -> None:
    """Each line that starts Portico names a command that exists, with options it has."""
    assert _understood(list(arguments)), page


def _understood(arguments: list[str]) -> bool:
    own = {option for made in program.params for option in (*made.opts, *made.secondary_opts)}
    if arguments[0] in own and not arguments[1:]:
        return True
    first = arguments.pop(0)
    if first == "chaos":
        rest, chaos = shim._chaos(arguments)
        return shim._options("mcp", rest) is not None and parse(chaos) is not None
    if first in {"record", "replay"}:
        return shim._options("mcp", [f"--{first}", *arguments]) is not None
    if first in {"mcp", "lsp"}:
        return shim._options(first, arguments) is not None
    if first == "demo":
        return demo._options(arguments) is not None
    command: click.Command = sandbox if first == "sandbox" else program.commands[first]
    name = first
    while isinstance(command, click.Group):
        if not arguments and command.invoke_without_command:
            break
        named = arguments and arguments[0] in command.commands
        name = arguments.pop(0) if named else vars(type(command))["default"]
        command = command.commands[name]
    with command.make_context(name, arguments) as context:
        return not context.args


def test_every_command_on_a_page_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` of each command that a page shows works."""
    commands = {tuple(arguments[:2]) for _, arguments in own() if arguments}
    for words in commands:
        if words[0] in ELSEWHERE or words[0].startswith("-"):
            continue
        group = program.commands[words[0]]
        named = isinstance(group, click.Group) and words[-1] in group.commands
        path = words if named else words[:1]
        assert main([*path, "--help"]) == 0
        assert capsys.readouterr().out.startswith(f"Usage: portico {' '.join(path)}")


def test_every_target_of_make_on_a_page_exists() -> None:
    """The commands a newcomer types are in the Makefile."""
    targets = set(re.findall(r"^(\w+):", read("Makefile"), re.MULTILINE))
    named = {words[1] for _, words in lines() if words[0] == "make"}
    assert {"demo", "test"} <= named <= targets


READERS: Mapping[str, Callable[[str], object]] = {
    "# policy.toml": load_policy,
    "# setup.toml": lambda path: read_setup(Path(path).read_text(encoding="utf-8"), path),
    # It names other files, and is run with them by tests/docs/test_policy_page.py.
    "# expectations.toml": lambda _: None,
    # It is Codex's own.
    "# requirements.toml": lambda _: None,
}
"""The first line of an example that is no portico.toml, and what reads it."""


def test_every_configuration_on_a_page_loads(tmp_path: Path) -> None:
    """A `toml` example is a whole portico.toml that Portico takes, or the file that it says."""
    examples = [
        example for page in PAGES for example in fences(page.read_text(encoding="utf-8"), "toml")
    ]
    assert examples
    for example in examples:
        file = tmp_path / "portico.toml"
        file.write_text(example, encoding="utf-8")
        reading = READERS.get(example.split("\n", 1)[0], load)
        reading(str(file))


def test_every_json_on_a_page_is_json() -> None:
    """A `json` example parses."""
    for page in PAGES:
        for example in fences(page.read_text(encoding="utf-8"), "json"):
            json.loads(example)
