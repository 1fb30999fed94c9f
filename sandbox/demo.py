"""`portico demo`: a company in a box, an editor and an AI client, and what happens between them.

Exit code 0 means that the story came out as promised; 1 that a promise was not kept, with a
sentence that says which; 2 that the command was not understood; 130 that the person stopped it.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.entries import entries, launcher, trial
from sandbox.person import Mind
from sandbox.story import FOLDER, WIDTH, Painted, Plain, PromiseBroken, picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.story import Story

_STOPPED = 130


def main(arguments: Sequence[str]) -> int:
    """Tell the story and return the exit code.

    Args:
        arguments: What follows `portico demo`.
    """
    options = _options(arguments)
    try:
        if options.svg is None:
            asyncio.run(_perform(_story(), options.mind, closing=True))
        else:
            _draw(options.svg, options.mind)
    except PromiseBroken as broken:
        sys.stderr.write(f"portico demo: {broken}\n")
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.stderr.write("\nportico demo: stopped.\n")
        return _STOPPED
    return 0


async def _perform(story: Story, mind: Mind, *, closing: bool) -> None:
    """Play every scene, then clear the stage."""
    # Late: they bring the MCP SDK and a web server, and `--help` needs neither.
    from sandbox import scenes
    from sandbox.stage import open_stage

    _leave_on_terminate()
    story.title(
        "Portico: one door from your editor to every MCP server your company runs",
        "Everything you see happens now, between real programs. The answers are theirs.",
    )
    async with open_stage() as stage:
        await scenes.company(story, stage)
        await scenes.sign_in_once(story, stage)
        await scenes.approved_servers(story, stage)
        await scenes.read(story, stage)
        dropped = await scenes.harm(story, stage, mind)
        await scenes.audit(story, stage, dropped=dropped)
        await scenes.goodbye(story, stage)
    # Clearing the stage raises when the hub outlives it, so this line is only reached when true.
    story.promise("The hub has ended; nothing of the demo is left running.", kept=True)
    if closing:
        _close(story)
    story.say(f"All {story.kept} claims of this story were kept.")


def _close(story: Story) -> None:
    """The lines that put Portico into an editor."""
    story.chapter("In your own editor")
    command = launcher()
    for where, text in entries(command).items():
        story.lines(where, text)
    story.lines(
        "To try it with this company, start it, and set PORTICO_HOME as it says", trial(command)
    )


def _story() -> Story:
    if not sys.stdout.isatty():
        return Plain()
    from rich.console import Console

    console = Console()
    return Painted(Console(width=min(console.width, WIDTH)))


def _draw(path: Path, mind: Mind) -> None:
    """Play the story for its picture. The closing lines stay out: they name this machine."""
    from rich.console import Console

    console = Console(record=True, width=WIDTH, force_terminal=True, file=io.StringIO())
    story = Painted(console, elide=re.compile(rf"/\S*/{FOLDER}\w+"))
    asyncio.run(_perform(story, mind, closing=False))
    path.write_text(picture(console), encoding="utf-8")
    sys.stdout.write(f"{path} shows the story now.\n")


def _leave_on_terminate() -> None:
    """Let SIGTERM end the story as Ctrl-C does: with everything cleared away."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


class _Options(argparse.Namespace):
    mind: Mind
    svg: Path | None


def _options(arguments: Sequence[str]) -> _Options:
    parser = argparse.ArgumentParser(
        prog="portico demo",
        description="Start a company in a box and show what Portico does, with real programs.",
    )
    answer = parser.add_mutually_exclusive_group()
    for mind, text in ((Mind.YES, "allow the second try"), (Mind.NO, "refuse the second try too")):
        answer.add_argument(
            f"--{mind}", dest="mind", action="store_const", const=mind, help=f"{text}, unasked"
        )
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the story into FILE")
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    parser.set_defaults(mind=Mind.ASK if at_terminal else Mind.ABSENT)
    options = parser.parse_args(arguments, namespace=_Options())
    if options.svg is not None and options.mind in {Mind.ASK, Mind.ABSENT}:
        options.mind = Mind.NO  # what is being drawn cannot be read yet
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
