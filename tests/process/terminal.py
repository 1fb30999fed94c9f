"""A terminal that runs one command later: `python -I terminal.py KIND`.

It takes a session of its own: with a pseudo-terminal as its controlling one (`tty`, and `typing`,
which also types `y` at a prompt), with none (`no-tty`), or with one on its descriptors that is not
its own (`borrowed`). Then it says `ready`, reads one JSON line with a command, runs it there, and
prints exit code and output as JSON.
"""

import fcntl
import json
import os
import pty
import subprocess
import sys
import termios

PROMPT = b"[y/N]"


def main(kind: str) -> None:
    """Be the terminal."""
    os.setsid()
    # The keyboard's end stays open until we end: closing it would hang up on ourselves.
    keyboard, screen = pty.openpty()
    if kind in {"tty", "typing"}:
        fcntl.ioctl(screen, termios.TIOCSCTTY, 0)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    command = json.loads(sys.stdin.readline())
    run = typed if kind == "typing" else silent
    code, said = run(command, keyboard, subprocess.DEVNULL if kind == "no-tty" else screen)
    sys.stdout.write(json.dumps({"code": code, "said": said}) + "\n")


def silent(command: list[str], _: int, given: int) -> tuple[int, str]:
    """Run a command that is only given the keyboard."""
    pipe = subprocess.PIPE
    ended = subprocess.run(
        command, stdin=given, stdout=pipe, stderr=subprocess.STDOUT, text=True, check=False
    )
    return ended.returncode, ended.stdout


def typed(command: list[str], keyboard: int, screen: int) -> tuple[int, str]:
    """Run a command on the whole terminal, and type `y` at its prompt."""
    with subprocess.Popen(command, stdin=screen, stdout=screen, stderr=screen) as process:
        said = b""
        while PROMPT not in said:
            said += os.read(keyboard, 4096)
        # What was typed before the prompt is forgotten, so this keeps on typing.
        while process.poll() is None:
            os.write(keyboard, b"y\n")
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
        os.set_blocking(keyboard, False)
        said += os.read(keyboard, 65536)
    return process.returncode, said.decode(errors="replace")


if __name__ == "__main__":
    main(sys.argv[1])
