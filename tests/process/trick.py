"""Runs a command in one of the ways in which a program may hide where it comes from.

`python -I trick.py KIND REPORT TYPED COMMAND…` runs the command as a plain child (`plain`), at a
pseudo-terminal of its own (`pty`), in a session of its own without one (`setsid`), after a double
fork that leaves it to process 1 (`double-fork`), or inside a tmux server (`tmux`). At a terminal it
types a line again and again. Exit code and output go to the file REPORT as JSON, all at once.
"""

import contextlib
import json
import os
import pty
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main(kind: str, report: str, typed: str, *command: str) -> None:
    """Run it; the report may come after this has ended."""
    if kind == "tmux":
        return tmux(report, typed, command)
    if kind == "double-fork":
        if os.fork():
            return None
        os.setsid()
        if os.fork():
            os._exit(0)
    if kind in {"plain", "setsid"}:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=kind == "setsid",
            check=False,
        )
        tell(report, ended.returncode, ended.stdout)
    else:
        tell(report, *at_terminal(command, typed))
    return None


def at_terminal(command: tuple[str, ...], typed: str) -> tuple[int, bytes]:
    """Run a command on a new pseudo-terminal, and type at it as soon as it says something."""
    process, keyboard = pty.fork()
    if process == 0:
        os.execv(command[0], command)  # noqa: S606 - the command is the test's.
    said = b""
    with contextlib.suppress(OSError):  # Linux ends a terminal's output with an error.
        while part := os.read(keyboard, 4096):
            said += part
            if typed and said.rstrip().endswith((b":", b"[y/N]")):
                os.write(keyboard, typed.encode() + b"\n")
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said


def tmux(report: str, typed: str, command: tuple[str, ...]) -> None:
    """Run it at a terminal inside a tmux server, which belongs to nobody here."""
    with tempfile.TemporaryDirectory(prefix="pt") as folder:
        socket = f"{folder}/s"
        inner = [sys.executable, "-I", __file__, "pty", report, typed, *command]
        begin = ["tmux", "-S", socket, "-f", "/dev/null", "new-session", "-d", *inner]
        subprocess.run(begin, check=True)
        while not Path(report).exists():
            time.sleep(0.05)
        subprocess.run(["tmux", "-S", socket, "kill-server"], check=False, capture_output=True)


def tell(report: str, code: int, said: bytes) -> None:
    """Write the report."""
    text = json.dumps({"code": code, "said": said.decode(errors="replace")})
    Path(f"{report}.new").write_text(text, encoding="utf-8")
    Path(f"{report}.new").rename(report)


if __name__ == "__main__":
    main(*sys.argv[1:])
