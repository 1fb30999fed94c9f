"""What an editor launches: it finds the hub, says hello, then copies bytes both ways.

The shim holds no secret and understands no message. It imports the standard library, the home and
the hello alone, so that it is ready a few milliseconds after the editor starts it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from typing import TYPE_CHECKING

from ide_protocol.door import birth, hello
from proxy.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable

VANISHED = 5
"""Exit code when the hub went away without a farewell."""

INTERRUPTED = 130
"""Exit code after Ctrl-C."""

_CHUNK = 256 * 1024
_NAMES = ("workspace", "standalone", "only", "bare", "tools", "record", "replay")
_CHAOS = ("--delay", "--fail", "--refuse", "--drop", "--expire-token", "--ask", "--seed")
_MORE_USAGE = {"mcp": " [--only SERVER,... [--bare]] [--tools search] [--record|--replay FILE]"}


def run(role: str, arguments: list[str]) -> int:
    """Serve one editor connection over stdin and stdout until it ends; return the exit code."""
    if "-h" in arguments or "--help" in arguments:
        from ide_protocol.door.usage import tell  # No editor asks, so no editor waits for it.

        tell(role)
        return 0
    chaos = None
    if arguments[:1] == ["--chaos"]:
        arguments, chaos = _chaos(arguments[1:])
    options = _options(role, arguments)
    if options is None:
        sys.stderr.write(
            f"usage: portico {role} [--workspace DIR]{_MORE_USAGE.get(role, '')} [--standalone]\n"
            f"An editor or AI client starts it, not a person; portico {role} -h explains it.\n"
        )
        return 2
    if os.isatty(0):
        sys.stderr.write(
            f"portico {role}: waiting for an editor or AI client to speak on stdin, which is a "
            f"terminal. Ctrl-C ends it; portico {role} -h explains it.\n"
        )
    only = options["only"]
    greeting = hello.compose(
        role,
        workspace=options["workspace"] or _told(),
        only=None if only is None else [name for name in only.split(",") if name],
        bare=options["bare"] is not None,
        tools=options["tools"],
        record=options["record"],
        chaos=chaos,
    )
    try:
        if options["replay"]:
            return _replayed(options["replay"], greeting)
        return _served(greeting, alone=options["standalone"] is not None)
    except KeyboardInterrupt:
        return INTERRUPTED
    except (birth.NoHub, OSError) as wrong:
        sys.stderr.write(f"portico: {wrong}\n")
        return VANISHED


def _served(greeting: bytes, *, alone: bool) -> int:
    if alone:
        return _alone(Home.find(), greeting)
    connection, rest = birth.connect(Home.find(), greeting)
    return copy(connection, rest)


def _alone(home: Home, greeting: bytes) -> int:
    """Serve this connection by a hub inside this process.

    Raises:
        NoHub: A hub lives already: a call beside it would not meet its editors.
    """
    living = birth.find(home)
    if living is not None:
        living.close()
        msg = "A hub is running. Leave out --standalone, or end it first with `portico hub stop`."
        raise birth.NoHub(msg)
    from ide_protocol.process import serve_alone

    return _apart(lambda handed: serve_alone(home, greeting, handed))


def _apart(serve: Callable[[Callable[[socket.socket, bytes], int]], int]) -> int:
    """Have a hub in this process serve, whose libraries print wherever they like.

    stdout carries protocol and nothing else.
    """
    wire = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return serve(lambda connection, heard: copy(connection, heard, *wire))


def _replayed(cassette: str, greeting: bytes) -> int:
    """Serve this connection from a cassette, by a hub that knows nothing else."""
    from auth.fault import Fault  # only a replay loads so much
    from ide_protocol.process import serve_cassette

    try:
        return _apart(lambda handed: serve_cassette(cassette, greeting, handed))
    except Fault as fault:
        sys.stderr.write(f"portico: {fault.sentence()}\n")
        return VANISHED


def copy(connection: socket.socket, heard: bytes = b"", source: int = 0, sink: int = 1) -> int:
    """Copy what the editor says to the hub and the hub to the editor, until the hub ends it.

    Args:
        connection: The hub, after the hellos.
        heard: What the hub sent already.
        source: The descriptor on which the editor speaks.
        sink: The descriptor on which it listens.
    """
    threading.Thread(target=_copy_in, args=(connection, source), daemon=True).start()
    code = _copy_out(connection, heard, sink)
    if code is None:
        sys.stderr.write("portico: the hub went away. Start this connection again for a new one.\n")
        return VANISHED
    return code


def _copy_in(connection: socket.socket, source: int) -> None:
    """Copy the editor to the hub; its end becomes a half-close, so that answers still come back."""
    with contextlib.suppress(OSError):
        while part := os.read(source, _CHUNK):
            connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)


def _copy_out(connection: socket.socket, heard: bytes, sink: int) -> int | None:
    """Copy the hub to the editor; return the farewell's exit code, or None when there was none."""
    try:
        while True:
            mark = heard.find(b"\0")
            if mark >= 0:
                _write(sink, heard[:mark])
                return _farewell(connection, heard[mark + 1 :])
            _write(sink, heard)
            heard = connection.recv(_CHUNK)
            if not heard:
                break
    except BrokenPipeError:
        return 0  # Nobody listens any more: the client ended it, and the hub is well.
    except OSError:
        pass
    return None


def _farewell(connection: socket.socket, code: bytes) -> int | None:
    while not code.endswith(b"\n"):
        part = connection.recv(64)
        if not part:
            return None
        code += part
    return int(code)


def _write(sink: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(sink, view) :]


def _chaos(arguments: list[str]) -> tuple[list[str], list[str]]:
    """The arguments, and apart from them those that ask for trouble; the hub reads these."""
    kept: list[str] = []
    chaos: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word.partition("=")[0] not in _CHAOS:
            kept.append(word)
            continue
        chaos.append(word)
        if "=" not in word and rest and rest[0][:1].isdigit():
            chaos.append(rest.pop(0))
    return kept, chaos


def _options(role: str, arguments: list[str]) -> dict[str, str | None] | None:
    """Parse by hand: an argument parser costs more than the rest of the shim."""
    found: dict[str, str | None] = dict.fromkeys(_NAMES)
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, _, value = word.partition("=")
        if name in {"--stdio", "--clientProcessId"}:
            continue  # Language clients add these to every server they start.
        if name == "--standalone" or (name == "--bare" and role == "mcp"):
            found[name[2:]] = "yes"
        elif name == "--workspace" and (value or rest):
            found["workspace"] = os.path.realpath(value or rest.pop(0))
        elif name == "--only" and role == "mcp" and (value or rest):
            found["only"] = value or rest.pop(0)
        elif name == "--tools" and role == "mcp" and (value or rest):
            found["tools"] = value or rest.pop(0)
        elif name in {"--record", "--replay"} and role == "mcp" and (value or rest):
            found[name[2:]] = _cassette(value or rest.pop(0))
        else:
            return None
    if found["tools"] not in {None, "search"} or (found["record"] and found["replay"]):
        return None
    # Without their prefixes, the names of two servers could not be told apart.
    one = found["only"] is not None and "," not in found["only"]
    return found if one or not found["bare"] else None


def _told() -> str | None:
    """The project that an extension names in the environment, where the command has to be constant.

    Companies allow programs by their exact command, which an argument would change.
    """
    folder = os.environ.get("PORTICO_WORKSPACE", "")
    return os.path.realpath(folder) if os.path.isabs(folder) else None


def _cassette(name: str) -> str:
    """The file that a person means by the name of a cassette."""
    plain = os.sep not in name and not name.endswith(".json")
    return os.path.abspath(f"{name}.cassette.json" if plain else name)
