"""Which groups a tool is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mcp.server.mcpserver.exceptions import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.kit.caller import Caller

    Groups = Mapping[str, frozenset[str]]

Function = TypeVar("Function", bound="Callable[..., object]")

_POLICIES = "__kit_policies__"
_OFFERED = "__kit_offered__"


class Refusal(ToolError):  # noqa: N818 - it is an answer, not an error of the program.
    """A tool says no, in one sentence the caller can act on; it becomes a tool error."""


class PolicyError(ValueError):
    """A tool's policy protects nothing: its kit does not know it, or it came too late."""


def authorize_tool(*, policy: str) -> Callable[[Function], Function]:
    """Allow the tool only to callers in one of the policy's groups.

    It stands *below* `@kit.tool(...)`. Used twice, both policies must agree. The kit checks before
    anything of the tool runs: a refused caller is not even asked the tool's own questions.

    Args:
        policy: The policy's name in the table that `Kit(policies=...)` was given.

    Raises:
        PolicyError: The function is already offered as a tool.
    """

    def mark(function: Function) -> Function:
        if getattr(function, _OFFERED, False):
            msg = f"Put @authorize_tool below @kit.tool on {function.__qualname__}."
            raise PolicyError(msg)
        setattr(function, _POLICIES, (*policies_of(function), policy))
        return function

    return mark


def policies_of(function: Callable[..., object]) -> tuple[str, ...]:
    """The policies that `@authorize_tool` put on a function."""
    found: tuple[str, ...] = getattr(function, _POLICIES, ())
    return found


def mark_offered(function: Callable[..., object]) -> None:
    """Remember that a function became a tool, so that a policy that comes too late is an error."""
    # A bound method takes no attributes of its own; its function does.
    setattr(getattr(function, "__func__", function), _OFFERED, True)


def refusal(caller: Caller, tool: str, policies: tuple[str, ...], groups: Groups) -> str | None:
    """Why `caller` may not use `tool`, as a sentence; None when they may."""
    for policy in policies:
        admitted = groups[policy]
        if caller.groups & admitted:
            continue
        wanted = " or ".join(sorted(admitted))
        if not caller.user:
            return f"{tool} is for {wanted} (policy {policy}), and the gateway named no user."
        held = ", ".join(sorted(caller.groups)) or "no group"
        return f"{tool} is for {wanted} (policy {policy}); {caller} is in {held}."
    return None
