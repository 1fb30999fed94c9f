"""Run a command where no network is but loopback: `unshare -rn python -I cut_off.py COMMAND…`.

The kernel counts what found no way out. The last line on stdout is that count after the command,
and once more after one attempt of our own, which shows that it does count.
"""

import contextlib
import fcntl
import socket
import struct
import subprocess
import sys
from pathlib import Path

_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1
_ELSEWHERE = ("192.0.2.1", 9)


def main(command: list[str]) -> int:
    """Be cut off, run `command`, and tell."""
    raise_loopback()
    ended = subprocess.run(command, check=False)
    lost = unroutable()
    with socket.socket() as attempt, contextlib.suppress(OSError):
        attempt.connect(_ELSEWHERE)
    sys.stdout.write(f"{lost} {unroutable()}\n")
    return ended.returncode


def raise_loopback() -> None:
    """Bring loopback up, which a new network namespace has down."""
    with socket.socket() as any_socket:
        asked = struct.pack("16sh14x", b"lo", 0)
        _, flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, _GET_FLAGS, asked))
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


def unroutable() -> int:
    """How many packets of this namespace found no route so far."""
    lines = Path("/proc/net/snmp").read_text(encoding="ascii").splitlines()
    names, counts = (line.split() for line in lines if line.startswith("Ip: "))
    return int(counts[names.index("OutNoRoutes")])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
