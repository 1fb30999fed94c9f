"""All that is wrong with a server's tools, tool by tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.lint.cost import tokens
from proxy.lint.describing import of_annotations, of_description, of_parameters
from proxy.lint.naming import of_all, of_one, shown
from proxy.lint.rule import TOKENS, TOOLS, Finding, Rule
from proxy.lint.schema import of_schemas
from proxy.plain import exact, plain
from proxy.trust.poison import findings, in_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence


def lint(
    server: str,
    tools: Sequence[Mapping[str, Any]],
    *,
    instructions: str = "",
    left_out: str = "",
    noise: str = "",
    ignored: Collection[Rule] = (),
) -> tuple[Finding, ...]:
    """Everything that is wrong, the server as a whole first, then each tool in its order.

    Args:
        server: The short name under which it is tried.
        tools: Its definitions, verbatim.
        instructions: What it would tell a model of itself.
        left_out: What to say where its list was not taken whole.
        noise: A line of its output that was no message.
        ignored: Rules that are left out.
    """
    printed = f"It prints to its standard output: “{plain(exact(noise), 60)}”."
    found = [
        *([Finding(Rule.LEFT_OUT, "", left_out)] if left_out else []),
        *([Finding(Rule.NOISE, "", printed)] if noise else []),
        *_together(server, tools, instructions),
        *(one for tool in tools for one in _single(server, tool)),
    ]
    # Names beside each other are looked at together, and belong to their tools all the same.
    order = {name: place for place, name in enumerate(dict.fromkeys(map(shown, tools)), 1)}
    kept = [one for one in dict.fromkeys(found) if one.rule not in ignored]
    return tuple(sorted(kept, key=lambda one: order.get(one.tool, 0)))


def _together(
    server: str, tools: Sequence[Mapping[str, Any]], instructions: str
) -> Iterator[Finding]:
    if len(tools) > TOOLS:
        says = f"It has {len(tools)} tools; some hosts take {TOOLS}, of all servers together."
        yield Finding(Rule.MANY_TOOLS, "", says)
    for one in in_text("instructions", instructions):
        yield Finding(Rule.POISONED, "", one.sentence())
    yield from of_all(server, tools)


def _single(server: str, tool: Mapping[str, Any]) -> Iterator[Finding]:
    yield from of_one(server, tool)
    yield from of_annotations(tool)
    yield from of_description(tool)
    yield from of_parameters(tool)
    yield from of_schemas(tool)
    for one in findings(tool):
        yield Finding(Rule.POISONED, shown(tool), one.sentence())
    cost = tokens(tool)
    if cost > TOKENS:
        says = f"Its definition costs about {cost:,} tokens in every request."
        yield Finding(Rule.MANY_TOKENS, shown(tool), says)
