"""The person at this terminal: what they are shown, and what they answer."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ide_protocol.command_line.block import exact
from ide_protocol.command_line.console import note
from ide_protocol.command_line.moment import span
from proxy.plain import exact as escaped
from proxy.plain import plain
from proxy.policy.risk import DOES

if TYPE_CHECKING:
    from rich.table import Table

    from ide_protocol.own.contract import Change, Owner, Question

KEYBOARD = 0
"""The file descriptor of the keyboard."""

CODE = "Its code stands in your editor's prompt, on Portico's page, or in a notification."
"""Where a person finds the code of a question."""

_ANSWER_LIMIT = 4096
_ADDRESS_LIMIT = 64 * 1024
_PALETTE = {"destructive": "bold red", "unknown": "bold yellow", "write": "bold yellow"}


def present() -> bool:
    """Whether a person sees what is shown and types what is read: three real terminals."""
    return all(os.isatty(descriptor) for descriptor in (0, 1, 2))


def put(question: Question, now: float, *, again: bool = False) -> None:
    """Show `question` and the prompt for its answer.

    Args:
        question: What the hub asks.
        now: Unix seconds, to say how long there is to answer.
        again: Whether it was shown before, and the code was wrong.
    """
    from rich.text import Text

    from ide_protocol.command_line.console import console

    screen = console(sys.stderr)
    if again:
        screen.print("That is not its code.")
    else:
        screen.print()
        screen.print(describe(question))
        left = span(question["deadline"] - now)
        screen.print(Text(f"\nSilence means no, in {left}.", style="dim"))
    name = (plain(f"{question['server']}.{question['tool']}"), "bold")
    # Before the prompt and not after it: whoever sees the prompt may answer at once.
    forget_typed()
    trusts = "difference" in question
    if question["coded"]:
        doing = ("To trust what ", name, " is now,") if trusts else ("To run ", name)
        screen.print(Text(f"{CODE}\n", style="dim"), end="")
        screen.print(Text.assemble(*doing, " type its code, or Enter for no: "), end="")
    else:
        verb = "Trust what it is now: " if trusts else "Run "
        screen.print(Text.assemble(verb, name, "? [y/N] "), end="")
    sys.stderr.flush()


def read(*, coded: bool = False) -> dict[str, str]:
    """The answer that the line just typed gives; anything but `y`, `yes` or a code is no."""
    typed = os.read(KEYBOARD, _ANSWER_LIMIT)
    if not typed.endswith(b"\n"):
        sys.stderr.write("\n")
    said = typed.decode("utf-8", "replace").strip()
    if coded:
        no = said.lower() in {"", "n", "no"}
        return {"answer": "no"} if no else {"answer": "yes", "code": said[:64]}
    return {"answer": "yes" if said.lower() in {"y", "yes"} else "no"}


def ask_address(wrong: str, way_back: str) -> None:
    """Ask for the address at which a sign-in page ended.

    Args:
        wrong: What was wrong with the one before; empty at first.
        way_back: What such an address begins with.
    """
    if wrong:
        note(plain(wrong, 200))
    else:
        note(
            "After you have signed in, the browser comes back by itself, or stops at an address "
            f"that begins with {plain(way_back)}. Then copy that whole address."
        )
    forget_typed()
    sys.stderr.write("\nPaste it here: ")
    sys.stderr.flush()


def read_line() -> str:
    """The line just typed or pasted, without what surrounds it; empty at the end of input."""
    typed = os.read(KEYBOARD, _ADDRESS_LIMIT)
    if not typed.endswith(b"\n"):
        sys.stderr.write("\n")
    return typed.decode("utf-8", "replace").strip()


def code(question: Question) -> str:
    """The code of a question, typed by the person; empty when nothing was typed."""
    name = plain(f"{question['server']}.{question['tool']}")
    note(CODE)
    forget_typed()
    sys.stderr.write(f"The code of {name} (question {plain(question['tag'])}): ")
    sys.stderr.flush()
    return read(coded=True).get("code", "")


def settle(sentence: str) -> None:
    """End an open prompt with the sentence that says how it ended."""
    sys.stderr.write(f"\n{sentence}\n")
    sys.stderr.flush()


def decline(question: Question) -> None:
    """Say that nobody could be asked here."""
    name = plain(f"{question['server']}.{question['tool']}")
    does = DOES.get(question["risk"], f"is {plain(question['risk'])}")
    if "difference" in question:
        does = "changed"
    note(
        f"portico: {name} {does} and needs a person's yes, but no person sees this terminal; "
        "nobody could be asked."
    )


def describe(question: Question) -> Table:
    """A question in full: who would do what, how risky it is, and the exact arguments."""
    # rich takes 30 ms to import, which only a question needs.
    from rich.table import Table
    from rich.text import Text

    risk = plain(question["risk"])
    title = plain(question["title"]) or plain(question["server"])
    nobody = "the registry does not say"
    if not question["reviewed"]:
        nobody = "you wrote it into portico.toml"
    rows = [
        ("server", Text(f"{title} ({plain(question['server'])})")),
        ("owner", Text(owner(question["owner"]) or nobody)),
        ("tool", Text(plain(question["tool"]), style="bold")),
        ("risk", Text(risk, style=_PALETTE.get(risk, ""))),
        ("why", Text(plain(question["reason"], 600))),
        ("asked by", Text(plain(question["host"]))),
    ]
    if not question["reviewed"]:
        rows.insert(1, ("", Text("not reviewed by your company", style="yellow")))
    if question["workspace"]:
        rows.append(("project", Text(plain(question["workspace"]))))
    if "difference" in question:
        changed = "\n".join(map(escaped, question["difference"]))
        rows.append(("changed", Text(changed, overflow="fold")))
    else:
        rows.append(("arguments", Text(exact(question["arguments"]), overflow="fold")))
    if question["changes"] is not None:
        rows.append(("changed", Text(_changed(question["changes"]))))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, content in rows:
        grid.add_row(f"  {label}", content)
    return grid


def _changed(found: list[Change]) -> str:
    """What differs from the last call of the tool that was approved."""
    if not found:
        return "nothing since your last yes to it"
    return "\n".join(("since your last yes to it:", *map(_change, found)))


def _change(one: Change) -> str:
    sides = (
        "(none)" if side is None else plain(side, 400) for side in (one["before"], one["after"])
    )
    return f"{plain(one['path'])}: {' → '.join(sides)}"


def owner(found: Owner) -> str:
    """Who runs a server and how to reach them, on one line; empty when nobody is named."""
    contact = plain(found["support"] or found["contact"])
    team = plain(found["team"])
    return f"{team}, {contact}" if team and contact else team or contact


def forget_typed() -> None:
    """Drop what was typed before the question was seen: it cannot be an answer to it."""
    if sys.platform != "win32":
        import termios

        termios.tcflush(KEYBOARD, termios.TCIFLUSH)
