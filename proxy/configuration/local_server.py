"""A `[servers.NAME]` that names a program on this machine instead of a URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from proxy.program import Program
from proxy.secrecy import secret_argument

if TYPE_CHECKING:
    from proxy.configuration.section import Section


def read_program(section: Section) -> Program | None:
    """The program of a local server, or None for a server that has none.

    What is wrong with it is noted in the section's problems.
    """
    if "command" not in section:
        for key in ("env", "cwd"):
            if key in section:
                section.wrong(key, "is only for a server with a command")
        return None
    if "url" in section:
        section.wrong("command", "excludes url: a server is a program here or an address elsewhere")
    if "auth" in section and section.text("auth") != "none":
        section.wrong("auth", "is not for a server with a command: a local server gets no token")
    command = section.texts("command")
    if not command:
        section.wrong("command", 'must name a program, such as ["uvx", "mcp-server-time"]')
    for place, argument in enumerate(command):
        if secret_argument(argument):
            # Arguments can be read by every process of this machine.
            section.wrong("command", "must not hold a secret, which others could read", place)
    return Program(tuple(command), section.environment("env"), _folder(section))


def _folder(section: Section) -> str:
    """Where the program runs; a relative path starts beside the file that says it."""
    told = section.text("cwd")
    if not told:
        return ""
    folder = Path(section.problems.file).absolute().parent / Path(told).expanduser()
    if not folder.is_dir():
        section.wrong("cwd", "names no folder")
    return str(folder)
