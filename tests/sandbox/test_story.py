"""How the demo is told."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from sandbox.story import Painted, Plain, PromiseBroken, Story, picture


def tell(story: Story) -> None:
    """One of everything."""
    story.title("A title", "and its text")
    story.chapter("First")
    story.say("[bold]literally[/bold]")
    story.table(("one", "two"), [("1", "a longer cell"), ("22", "b")])
    story.box("In the editor", "Drop it?\nReally?", footer="[ Run ]")
    story.promise("It is true.", kept=True)
    story.lines("Copy", "x" * 300)


def test_a_pipe_gets_plain_lines() -> None:
    """Without a terminal there is no escape code and no frame, and nothing is lost."""
    out = io.StringIO()
    tell(Plain(out))
    text = out.getvalue()
    assert text.isascii()
    assert text.isprintable() is False
    assert "\x1b" not in text
    assert "[bold]literally[/bold]\n" in text
    assert "  22   b\n" in text
    assert "  | Really?\n  | [ Run ]\n" in text
    assert "  kept: It is true.\n" in text


def test_lines_to_copy_are_never_wrapped() -> None:
    """What is meant to be copied stays on its line in a narrow terminal."""
    console = Console(width=40, file=io.StringIO(), record=True)
    tell(Painted(console))
    assert "x" * 300 in console.export_text()


def test_the_picture_loads_nothing() -> None:
    """The picture shows the story and names no address to load a font from."""
    console = Console(width=100, file=io.StringIO(), record=True, force_terminal=True)
    tell(Painted(console))
    svg = picture(console)
    assert "Really?" in svg
    assert "url(http" not in svg.replace('"', "")
    assert "@font-face" not in svg


@pytest.mark.parametrize("story", [Plain(io.StringIO()), Painted(Console(file=io.StringIO()))])
def test_a_promise_not_kept_ends_the_story(story: Story) -> None:
    """A claim that is not true is never shown as kept; the sentence says what was found."""
    with pytest.raises(PromiseBroken, match=r"Not kept: It is true. Found instead: \[1\]"):
        story.promise("It is true.", kept=False, instead=[1])
