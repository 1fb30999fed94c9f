"""A server's whole list of tools, page by page, within bounds."""

from __future__ import annotations

import logging
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from proxy.plain import plain
from proxy.upstream.contract import Refused
from proxy.upstream.fault import UpstreamFault, UpstreamMalformed
from proxy.wire import METHOD_NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

log = logging.getLogger("portico.upstream")

PAGES = 50
TOOLS = 2000
"""How much of a server's list of tools is taken."""


class Nobody:
    """A relay for whoever asks for a list: it wants no news and answers no questions."""

    capabilities: Mapping[str, Any] = MappingProxyType({})

    def notify(self, message: dict[str, Any]) -> None:
        """News of a list request has no reader."""

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """Nobody is there to be asked."""
        raise Refused(METHOD_NOT_FOUND, "Method not found")


NOBODY = Nobody()


async def every_tool(
    server: str, ask: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Every tool of a server, verbatim, at most `TOOLS` from at most `PAGES` pages.

    Args:
        server: Short name, for messages.
        ask: Sends `tools/list` with the given params and returns the response.

    Raises:
        UpstreamFault: The server refused, or sent something else than a list.
    """
    tools: list[dict[str, Any]] = []
    params: dict[str, Any] = {}
    for _ in range(PAGES):
        page = _page(server, await ask(params))
        tools += [tool for tool in page["tools"] if isinstance(tool, dict)]
        cursor = page.get("nextCursor")
        if not isinstance(cursor, str):
            return tools
        if len(tools) >= TOOLS or params.get("cursor") == cursor:
            break
        params = {"cursor": cursor}
    log.warning("%s offers more tools than Portico takes; the rest is left out", server)
    return tools[:TOOLS]


def _page(server: str, envelope: dict[str, Any]) -> dict[str, Any]:
    failure = envelope.get("error")
    if isinstance(failure, dict):
        if failure.get("code") == METHOD_NOT_FOUND:
            return {"tools": []}  # a server may well have no tools
        said = plain(str(failure.get("message", "")))
        msg = f"{server} did not list its tools and said: {said}"
        raise UpstreamFault(msg)
    page = envelope["result"]
    if not isinstance(page, dict) or not isinstance(page.get("tools"), list):
        msg = f"{server} sent a list of tools that is none."
        raise UpstreamMalformed(msg)
    return page
