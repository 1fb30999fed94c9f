"""What a catalog of three hundred tools costs a model's context, in each mode.

The tools are those of the company in a box, taken again and again under other servers' names. A
token is counted as four bytes of the JSON, which is a rule of thumb and not a tokenizer: those of
the large models differ, and none of them comes with Python.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from ide_protocol.mcp.search import TOOLS, Finder
from ide_protocol.own.summary import STATUS_TOOL
from proxy.naming import public_name
from proxy.wire import encode

MANY = 300
BYTES_PER_TOKEN = 4
QUERY = "run a SQL query on the warehouse"


async def definitions() -> list[dict[str, Any]]:
    """The tools of the company in a box, as its servers list them."""
    from mcp.client import Client

    from sandbox.servers.knowledge import knowledge
    from sandbox.servers.presto import presto
    from sandbox.servers.revenue import revenue
    from sandbox.servers.spark import spark

    found = []
    for made in (presto(), spark(), knowledge(), revenue()):
        async with Client(made.server) as client:
            listed = (await client.list_tools()).tools
        found += [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in listed]
    return found


def catalog(tools: list[dict[str, Any]], many: int = MANY) -> list[dict[str, Any]]:
    """So many tools, each under the name of a server of its own round."""
    return [
        {**tool, "name": public_name(f"team{place // len(tools)}", tool["name"])}
        for place in range(many)
        for tool in [tools[place % len(tools)]]
    ]


def tokens(value: object) -> int:
    """About how many tokens a value is, as JSON."""
    return round(len(encode(value)) / BYTES_PER_TOKEN)


async def figures() -> dict[str, int]:
    """Mode -> tokens."""
    many = catalog(await definitions())
    found = Finder().find({"query": QUERY}, many)
    return {
        "as they are": tokens([STATUS_TOOL, *many]),
        "search": tokens([STATUS_TOOL, *TOOLS]),
        "each search": tokens(found),
    }


if __name__ == "__main__":
    for mode, count in asyncio.run(figures()).items():
        sys.stdout.write(f"{mode:12} {count:7}\n")
