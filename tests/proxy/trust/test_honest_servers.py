"""The sandbox's own servers are honest: nothing of theirs is held back, beside each other."""

from __future__ import annotations

from typing import Any

from proxy.naming import public_name
from proxy.trust import poison
from proxy.trust.shadow import Name
from proxy.trust.together import Listed, together
from sandbox import servers
from tests.sandbox.loopback import connected, served


async def test_nothing_of_an_honest_server_is_flagged() -> None:
    """No tool, prompt, resource or instruction of the four servers raises a flag."""
    lists: list[Listed] = []
    flagged: list[Any] = []
    for server, application in servers.applications().items():
        async with (
            served(application) as url,
            connected(url, "auto", "alice", "data-eng") as client,
        ):
            tools = [
                one.model_dump(mode="json", by_alias=True, exclude_none=True)
                for one in (await client.list_tools()).tools
            ]
            told = client.instructions or ""
        flagged += [(server, tool["name"], f) for tool in tools for f in poison.findings(tool)]
        flagged += [(server, "", f) for f in poison.in_text("instructions", told)]
        names = [Name(server, tool["name"], public_name(server, tool["name"])) for tool in tools]
        about = {tool["name"]: poison.ordered_about(tool) for tool in tools}
        lists.append(Listed(names, about))
    assert sum(len(listed.names) for listed in lists) > 10
    assert flagged == []
    assert together(lists) == {}
