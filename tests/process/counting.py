"""Portico in one process that writes down every address it dials or looks up.

`COUNTED ROLE ARGUMENTS…`: the file to write into, and what `portico` would be given. With
`--standalone` or `--replay`, hub and shim are this process, so nothing is dialled behind its back;
`sandbox up --foreground` is the whole company in it.
"""

import os
import sys


def main() -> int:
    """Be the shim or the company, watched."""
    counted, role, *arguments = sys.argv[1:]
    file = os.open(counted, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def watch(event: str, given: tuple[object, ...]) -> None:
        # A Unix socket's address is a text; whoever dials one stays on this computer.
        dialled = event == "socket.connect" and isinstance(given[1], tuple) and given[1][0]
        found = given[0] if event == "socket.getaddrinfo" else dialled
        if found:
            os.write(file, f"{found}\n".encode())  # Whole, whichever thread it is.

    # uvloop looks names up by itself, and no hook of Python's hears of it.
    sys.modules["uvloop"] = None  # type: ignore[assignment]  # Python's own way to forbid an import
    sys.addaudithook(watch)
    if role == "sandbox":
        from sandbox.command_line import main as sandbox

        return sandbox(arguments)
    from ide_protocol.door.shim import run

    return run(role, arguments)


if __name__ == "__main__":
    sys.exit(main())
