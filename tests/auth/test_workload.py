"""Who this machine is in its mesh: papers from a real Workload API, shown to a real TLS server."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from auth.network import Network
from auth.workload import SOCKET, WorkloadNetwork, WorkloadUnknown
from proxy.upstream.endpoint import Endpoint
from proxy.upstream.fault import UpstreamUnreachable
from tests.auth.mesh_double import DOMAIN, Agent, Authority, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture
def authority() -> Authority:
    """A trust domain."""
    return Authority()


@pytest.fixture
def agent(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    """Its agent, which the environment names."""
    running = Agent(authority, tmp_path / "agent.sock")
    monkeypatch.setenv(SOCKET, running.address)
    yield running
    running.stop()


@pytest.fixture
async def mesh() -> AsyncIterator[WorkloadNetwork]:
    """The way to servers of the mesh, closed again."""
    opened = WorkloadNetwork(Network())
    yield opened
    await opened.aclose()


async def _asked(mesh: WorkloadNetwork, url: str) -> bytes:
    endpoint = Endpoint("presto", url, network=mesh, grant=mesh)
    reply = await endpoint.get([])
    try:
        return await reply.whole(1000)
    finally:
        await reply.aclose()
        await endpoint.aclose()


async def test_a_server_of_the_mesh_sees_this_machine_and_nothing_of_the_person(
    authority: Authority, agent: Agent, mesh: WorkloadNetwork, tmp_path: Path
) -> None:
    """The agent's certificate is shown over TLS, and no token goes with it."""
    agent.give("/oncall")
    async with served(authority, tmp_path) as (url, asked):
        assert await _asked(mesh, url) == f"{DOMAIN}/oncall".encode()
    assert asked == [f"{DOMAIN}/oncall"]
    assert mesh.name == f"{DOMAIN}/oncall"


async def test_other_papers_are_shown_from_the_next_request_on(
    authority: Authority, agent: Agent, mesh: WorkloadNetwork, tmp_path: Path
) -> None:
    """Papers last an hour or so; a hub lasts longer."""
    agent.give("/first")
    async with served(authority, tmp_path) as (url, asked):
        await _asked(mesh, url)
        agent.give("/second")
        # The library hears of them in a thread of its own, in its own time.
        while mesh.name != f"{DOMAIN}/second":
            await mesh.token()
        await _asked(mesh, url)
    assert asked == [f"{DOMAIN}/first", f"{DOMAIN}/second"]


async def test_a_server_of_another_domain_is_told_nothing(
    agent: Agent, mesh: WorkloadNetwork, tmp_path: Path
) -> None:
    """Its certificate is not one that the papers' roots vouch for."""
    agent.give("/oncall")
    async with served(Authority(), tmp_path) as (url, asked):
        with pytest.raises(UpstreamUnreachable):
            await _asked(mesh, url)
    assert asked == []


async def test_no_key_of_the_mesh_stays_on_disk(
    agent: Agent, mesh: WorkloadNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Python must read from a file is encrypted there, and gone at once."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    agent.give("/oncall")
    await mesh.token()
    assert [path.name for path in folder.iterdir()] == []


@pytest.mark.parametrize("missing", ["variable", "agent", "extra"])
async def test_without_an_identity_a_call_fails_and_nobody_else_is_asked(
    mesh: WorkloadNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """It says what is missing; no sign-in takes its place."""
    monkeypatch.delenv(SOCKET, raising=False)
    monkeypatch.setattr("auth.workload.WITHIN", 0.2)
    if missing != "variable":
        monkeypatch.setenv(SOCKET, f"unix://{tmp_path / 'nobody.sock'}")
    if missing == "extra":
        monkeypatch.setitem(sys.modules, "auth.workload_agent", None)
    with pytest.raises(WorkloadUnknown) as found:
        await _asked(mesh, "https://127.0.0.1:9/mcp")
    told = {"variable": "is not set", "agent": "The mesh's agent at", "extra": "its extra `mesh`"}
    assert told[missing] in found.value.message
