"""Where a person is asked: the one order of surfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from proxy.approval.surface import Surface, choose, too_weak
from proxy.policy.offering import SURFACES
from proxy.session import Session, arrival

if TYPE_CHECKING:
    from collections.abc import Iterable

    from proxy.session import Role

STRONG = frozenset({"editor", "page"})


def window(role: Role = "lsp", workspace: str | None = None, *, can_ask: bool = True) -> Session:
    """A window that can ask."""
    return Session(role, workspace=workspace, can_ask=can_ask)


def chosen(
    sessions: Iterable[Session],
    asking: Session,
    allowed: Iterable[str] = SURFACES,
    *,
    signs_in: bool = False,
) -> tuple[Surface, Session | None] | None:
    """The surface for a call that arrives now."""
    return choose(
        sessions, asking=asking, arrived=arrival(), allowed=frozenset(allowed), signs_in=signs_in
    )


def test_the_editor_of_the_calls_workspace_comes_first() -> None:
    """It is asked even when another window was used last."""
    same, other = window(workspace="/a"), window(workspace="/b")
    other.touch()
    asking = window("mcp", "/a")
    assert chosen([other, same], asking) == (Surface.EDITOR, same)


def test_the_paired_window_that_started_the_client_comes_before_all() -> None:
    """A window left behind on the same workspace is not asked in its place; unpaired, it is not."""
    left, own = window(workspace="/a"), window(workspace="/a")
    left.paired = own.paired = True
    left.host_pid, own.host_pid = 500, 600
    asking = window("mcp", "/a")
    asking.host_pid = 600
    assert chosen([left, own], asking, signs_in=True) == (Surface.EDITOR, own)
    own.paired = False
    assert chosen([left, own], asking, signs_in=True) == (Surface.EDITOR, left)


def test_else_the_editor_used_last_comes_first() -> None:
    """Unknown workspaces never match each other; use decides, then who opened last."""
    older, newer = window(), window()
    asking = window("mcp")
    assert chosen([newer, older], asking) == (Surface.EDITOR, newer)
    older.touch()
    assert chosen([newer, older], asking) == (Surface.EDITOR, older)


def test_else_the_asking_client_then_a_terminal() -> None:
    """Without an editor the client asks, if it can; a terminal of the person's own is last."""
    asking = window("mcp")
    silent = window(can_ask=False)
    assert chosen([silent], asking) == (Surface.ELICITATION, asking)
    asking.can_ask = False
    assert chosen([silent, window("mcp")], asking) == (Surface.TERMINAL, None)


def test_a_command_is_asked_in_its_own_terminal() -> None:
    """`portico call` asks where it was typed, unless an editor can."""
    command = window("cli")
    assert chosen([command], command) == (Surface.TERMINAL, command)
    editor = window()
    assert chosen([command, editor], command) == (Surface.EDITOR, editor)


def test_a_window_opened_after_the_call_never_counts() -> None:
    """A caller that opens an editor, or reconnects, for its own call is not asked there."""
    arrived = arrival()
    asking, late = window("mcp"), window()
    found = choose([late], asking=asking, arrived=arrived, allowed=SURFACES, signs_in=False)
    assert found == (Surface.TERMINAL, None)
    command = window("cli")
    found = choose(
        [late, command], asking=command, arrived=arrived, allowed=SURFACES, signs_in=False
    )
    assert found == (Surface.TERMINAL, None)


@pytest.mark.parametrize(
    ("allowed", "surface"),
    [
        (SURFACES, Surface.EDITOR),
        ({"elicitation", "terminal"}, Surface.ELICITATION),
        ({"terminal"}, Surface.TERMINAL),
        (set(), None),
    ],
)
def test_a_rule_can_demand_another_surface(allowed: set[str], surface: Surface | None) -> None:
    """What the rule does not admit is passed over, and with nothing left nobody is asked."""
    asking = window("mcp")
    found = chosen([window()], asking, allowed)
    assert (found[0] if found else None) is surface


def test_an_editor_alone_is_not_replaced_by_something_weaker() -> None:
    """Where only an editor counts and none is open, the call is refused, not asked elsewhere."""
    assert chosen([], window("mcp"), {"editor"}) is None


def test_an_editor_that_is_not_paired_counts_as_an_elicitation() -> None:
    """Where people sign in, only what the person accepted is an editor; it goes first then."""
    unknown, asking = window(workspace="/a"), window("mcp", "/a")
    assert chosen([unknown], asking, signs_in=True) == (Surface.ELICITATION, unknown)
    paired = window(workspace="/b")
    paired.paired = True
    assert chosen([unknown, paired], asking, signs_in=True) == (Surface.EDITOR, paired)
    assert chosen([unknown], asking, STRONG, signs_in=True) == (Surface.PAGE, None)
    assert chosen([unknown], asking, {"editor"}, signs_in=True) is None


def test_without_a_window_a_question_waits_on_the_page() -> None:
    """And on no page where there is no company whose sign-on could tell who is there."""
    asking = window("mcp", can_ask=False)
    assert chosen([], asking, signs_in=True) == (Surface.PAGE, None)
    assert chosen([], asking) == (Surface.TERMINAL, None)
    assert chosen([], asking, STRONG) is None


def test_what_is_too_weak_is_named_for_the_audit() -> None:
    """The asking client, an editor that is not paired, the terminal of the call: each with why."""
    agent, unknown, command = window("mcp"), window(), window("cli")

    def weak(asking: Session, allowed: Iterable[str]) -> list[Surface]:
        found = too_weak(
            [agent, unknown, command],
            asking=asking,
            arrived=arrival(),
            allowed=frozenset(allowed),
            signs_in=True,
        )
        return [surface for surface, _ in found]

    assert weak(agent, STRONG) == [Surface.ELICITATION, Surface.ELICITATION]
    assert weak(command, STRONG) == [Surface.ELICITATION, Surface.TERMINAL]
    assert weak(agent, SURFACES) == weak(command, SURFACES) == []
