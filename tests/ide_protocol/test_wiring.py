"""What is joined for one user is not another one's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auth.grant import AccountGrant
from auth.identity import Identity
from auth.workload import WorkloadNetwork
from ide_protocol.wiring import build
from proxy.home import Home
from proxy.policy.offering import Offering, Owner
from proxy.upstream import Era, Upstream
from proxy.upstream.era import Terms

if TYPE_CHECKING:
    from pathlib import Path

OFFERING = Offering(
    "presto", "com.example/presto", "Presto", "https://mcp.example/mcp", owner=Owner("data")
)
TERMS = Terms(Era.MODERN, "2026-07-28", {"prompts": {}}, {"name": "for alice"}, None, "Be brief.")


async def test_what_a_server_told_one_user_is_not_what_another_starts_from(
    tmp_path: Path,
) -> None:
    """Capabilities of the last hub are recalled for whoever was signed in, and for nobody else."""
    for subject, told in (("alice", None), ("bob", None), ("alice", TERMS)):
        hub = build(Home(str(tmp_path), own=True))
        hub.user._hint = Identity("https://sso.example", subject, subject, frozenset())
        upstream = hub.catalog.upstream(OFFERING)
        assert isinstance(upstream, Upstream)
        assert upstream._terms == told
        if subject == "alice":
            upstream._settle(TERMS)
        await hub.aclose()


async def test_a_server_of_the_mesh_is_shown_a_certificate_and_never_a_token(
    tmp_path: Path,
) -> None:
    """Also where somebody is signed in; and a server that wants the user never meets the mesh."""
    (tmp_path / "portico.toml").write_text(
        '[company]\nissuer = "https://sso.example"\nclient_id = "portico"\n', encoding="utf-8"
    )
    hub = build(Home(str(tmp_path), own=True))
    assert hub.account is not None
    workload = hub.catalog.upstream(replace(OFFERING, auth="mesh"))
    assert isinstance(workload, Upstream)
    assert isinstance(workload._endpoint._grant, WorkloadNetwork)
    assert workload._endpoint._network is hub.workload
    person = hub.catalog.upstream(replace(OFFERING, server="spark", auth="sso"))
    assert isinstance(person, Upstream)
    assert isinstance(person._endpoint._grant, AccountGrant)
    assert person._endpoint._network is hub.network
    await hub.aclose()
