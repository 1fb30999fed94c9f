"""`python -m sandbox`: what `portico sandbox …` and `portico demo …` run."""

from __future__ import annotations

import sys


def main() -> int:
    """Run one command and return its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["demo"]:
        # Late, because the other commands need none of it.
        from sandbox.demo import main as demo

        return demo(arguments[1:])
    from sandbox.command_line import main as command_line

    return command_line(arguments)


if __name__ == "__main__":
    sys.exit(main())
