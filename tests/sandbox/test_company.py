"""The company opens and closes cleanly, on loopback alone, and its parts fit together."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from proxy.configuration import load
from sandbox.company import AUDIENCE, Company
from sandbox.serving import Door, NotServed

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


async def stubborn(scope: Scope, _: Receive, send: Send) -> None:
    """An application whose stream never ends by itself."""
    if scope["type"] == "lifespan":
        msg = "no lifespan here"
        raise NotImplementedError(msg)
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b": hello\n\n", "more_body": True})
    await asyncio.Event().wait()


async def failing(_: Scope, receive: Receive, send: Send) -> None:
    """An application that does not start."""
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no"})


def listening() -> set[str]:
    """Local addresses at which this process listens, as the kernel writes them."""
    links = (link for link in Path("/proc/self/fd").glob("*") if link.is_symlink())
    ours = {os.readlink(link) for link in links if os.path.lexists(link)}  # noqa: PTH115 - no path
    found = set()
    for table in Path("/proc/self/net").glob("tcp*"):
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in ours:
                found.add(fields[1])
    return found


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="asks the Linux kernel")
async def test_everything_binds_loopback_only() -> None:
    """Every listening socket of the company is at 127.0.0.1."""
    before = listening()
    async with Company(applications={"one": stubborn, "two": stubborn}):
        opened = listening() - before
        assert len(opened) == 6
        assert {address.partition(":")[0] for address in opened} == {"0100007F"}
    assert listening() <= before


async def test_closing_ends_open_streams() -> None:
    """A company closes although clients still listen and servers would talk forever."""
    async with httpx2.AsyncClient(trust_env=False) as http:
        answers: list[httpx2.Response] = []
        async with Company(applications={"one": stubborn}) as company:
            token = company.provider.access_token("carol", AUDIENCE)
            for url in (company.servers["one"], f"{company.gateway}/one"):
                request = http.build_request(
                    "GET", f"{url}/mcp", headers={"Authorization": f"Bearer {token}"}
                )
                answer = await http.send(request, stream=True)
                assert await anext(answer.aiter_raw()) == b": hello\n\n"
                answers.append(answer)
        for answer in answers:
            await answer.aclose()


async def test_a_company_with_a_broken_server_does_not_open() -> None:
    """A failing start is an exception for the caller, and nothing stays open."""
    before = listening()
    with pytest.raises(NotServed):
        async with Company(applications={"good": stubborn, "broken": failing}):
            pass
    assert listening() <= before


async def test_a_taken_port_is_no_obstacle() -> None:
    """A door that cannot have the port it wants takes a free one."""
    first = Door()
    second = Door(first.port)
    assert second.port != first.port
    await first.close()
    await second.close()


async def test_the_configuration_is_what_portico_reads(tmp_path: Path) -> None:
    """The text of `portico.toml` loads without a complaint and names this company."""
    async with Company(applications={"one": stubborn}) as company:
        file = tmp_path / "portico.toml"
        file.write_text(company.configuration())
        found = load(str(file)).company
        assert found is not None
        assert found.issuer == company.issuer
        assert found.registry == company.registry
        assert found.audience == AUDIENCE
        assert found.token_origins == {company.gateway, company.registry}
        assert urlsplit(company.gateway).hostname == "127.0.0.1"


async def test_unknown_applications_are_listed_for_every_employee() -> None:
    """A test's own server has an entry and a place behind the gateway, like any other."""
    async with Company(applications={"one": stubborn}) as company:
        (entry,) = company.listing.entries
        assert entry["server"]["name"] == "com.example.corp/one"
        assert company.destinations["one"].groups == {"employees"}


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_reference_client_reaches_the_companys_own_servers(mode: str) -> None:
    """Through the gateway, with a token, each era lists tools and reads a document."""
    async with Company() as company:
        assert set(company.servers) == {"presto", "spark", "knowledge", "revenue"}
        assert company.vendor is not None
        token = company.vendor.access_token("alice", ["employees"])
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
            address = f"{company.gateway}/knowledge/mcp"
            transport = streamable_http_client(address, http_client=http)
            async with Client(transport, mode=mode) as client:
                names = {tool.name for tool in (await client.list_tools()).tools}
                assert {"search", "read_document"} <= names
                found = await client.call_tool("search", {"query": "warehouse", "limit": 2})
                assert not found.is_error
        calls = [(r["user"], r["tool"]) for r in company.witness if r["method"] == "tools/call"]
        assert calls == [("alice", "search")]


async def test_the_catalog_names_the_tools_that_the_servers_have() -> None:
    """No rule speaks of a tool that is not there, and no tool is left to the closed default."""
    async with Company() as company:
        for entry in company.listing.entries:
            server = entry["server"]["name"].removeprefix("com.example.corp/")
            if server not in company.servers:
                continue
            # Straight to the server as the gateway would, whoever may use it.
            identity = {"x-forwarded-user": "bob", "x-forwarded-groups": "employees,ads-eng"}
            async with httpx2.AsyncClient(headers=identity, timeout=30) as http:
                address = f"{company.servers[server]}/mcp"
                async with Client(streamable_http_client(address, http_client=http)) as client:
                    there = {tool.name for tool in (await client.list_tools()).tools}
            rules = set(entry["_meta"]["com.example.corp/governance"]["tools"]) - {"*"}
            assert rules == there, server
