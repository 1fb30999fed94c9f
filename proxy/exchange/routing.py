"""Where a call leads, whatever its method, and what policy says of it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy import wire
from proxy.catalog.feature import Feature
from proxy.catalog.route import Route
from proxy.exchange.addressed import CALL, READ, ROUTED, TASKS, UNKNOWN_RESOURCE, address
from proxy.exchange.tasks import Tasks
from proxy.fault import UnknownTool, tool_error
from proxy.policy.reading import judge_reading
from proxy.policy.verdict import judge

if TYPE_CHECKING:
    from auth.fault import Fault
    from proxy.catalog import Catalog
    from proxy.exchange.call import Call
    from proxy.policy.circumstances import Circumstances
    from proxy.policy.ruling import Step, Verdict


class Routing:
    """The way to servers for one hub's calls.

    Args:
        catalog: Where public names lead.

    Attributes:
        tasks: Which server runs which task.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.tasks = Tasks()

    def find(self, call: Call) -> Route | None:
        """Where a call leads by what is known now; None where it leads nowhere."""
        if call.method in ROUTED:
            named = address(call.method, call.params)
            return self._catalog.find(named[0], call.name, call.view) if named else None
        server = call.view.single
        if call.method.startswith(TASKS):
            server = self.tasks.server(call.params) or server
        offering = self._catalog.offerings.get(server) if server else None
        if offering is None or not call.view.admits(offering.server):
            return None
        return Route(offering, call.method, None, None, call.method)

    async def live(self, route: Route) -> Route | None:
        """The route with its live definition; only a tool is judged by its definition.

        Raises:
            Fault: The server could not be asked.
        """
        return await self._catalog.live(route) if route.feature is Feature.TOOLS else route


def judged(route: Route, who: Circumstances, way: list[Step] | None = None) -> Verdict:
    """What policy says of a call that leads here.

    A method that Portico does not know is judged like a tool of that name: asked about, until
    somebody said what it does. A task was let through when it began.
    """
    if route.feature is None and route.tool.startswith(TASKS):
        return judge_reading(route.offering, "tasks", route.tool, who, way)
    if route.feature is None or route.feature is Feature.TOOLS:
        return judge(route.offering, route.tool, route.definition, who, way)
    return judge_reading(route.offering, route.feature.group, route.tool, who, way)


def unknown(call: Call) -> UnknownTool:
    """What a name ends in that leads nowhere."""
    named = address(call.method, call.params)
    if named is None and call.method not in ROUTED:
        return UnknownTool(f"No server of this window answers {call.method[:80]}.")
    noun = named[0].noun if named else "name"
    return UnknownTool(f"Unknown {noun}: {call.name}")


def failure(call: Call, fault: Fault) -> dict[str, Any]:
    """A fault as the client of this call is told it: a tool's result, or an error of the protocol.

    A model reads the result of a tool; of everything else it is the program that asks.
    """
    if isinstance(fault, UnknownTool):
        code = wire.INVALID_PARAMS
        if call.method == READ and not call.returns:
            code = UNKNOWN_RESOURCE
        elif call.method not in ROUTED:
            code = wire.METHOD_NOT_FOUND
        return wire.error(None, code, fault.message, fault.as_json())
    if call.method == CALL:
        return tool_error(fault)
    text = f"Portico: {fault.sentence().strip()} [{fault.reference}]"
    return wire.error(None, wire.INTERNAL_ERROR, text, fault.as_json())
