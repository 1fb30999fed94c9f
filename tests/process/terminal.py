"""A terminal that runs one command later: `python -I terminal.py [tty | no-tty | borrowed] ...`.

It takes a session of its own, with a pseudo-terminal as its controlling one (`tty`), with none
(`no-tty`), or with one on its descriptors that is not its own (`borrowed`). Then it says `ready`,
reads one JSON line with a command, runs it there, and prints exit code and output as JSON.
"""

import fcntl
import json
import os
import pty
import subprocess
import sys
import termios


def main(kind: str) -> None:
    """Be the terminal."""
    os.setsid()
    # The keyboard's end stays open until we end: closing it would hang up on ourselves.
    _, screen = pty.openpty()
    if kind == "tty":
        fcntl.ioctl(screen, termios.TIOCSCTTY, 0)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    command = json.loads(sys.stdin.readline())
    given = subprocess.DEVNULL if kind == "no-tty" else screen
    pipe = subprocess.PIPE
    ended = subprocess.run(command, stdin=given, stdout=pipe, stderr=pipe, text=True, check=False)
    told = {"code": ended.returncode, "out": ended.stdout, "errors": ended.stderr}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
