"""Example Corp's MCP servers: Presto, Spark, Knowledge and Revenue metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette


def applications(*, json_response: bool = False) -> dict[str, Starlette]:
    """A fresh ASGI application of each server, by its short name; MCP is at `/mcp`.

    Each has a lifespan that must be run, and its `sandbox.kit.Kit` as `.state.kit`.

    Args:
        json_response: Answer with plain JSON instead of event streams.
    """
    # The SDK and the engine take most of a second to import: only whoever serves pays for them.
    from sandbox.servers.knowledge import knowledge
    from sandbox.servers.presto import presto
    from sandbox.servers.revenue import revenue
    from sandbox.servers.spark import spark

    kits = (presto(), spark(), knowledge(), revenue())
    return {kit.name: kit.application(json_response=json_response) for kit in kits}
