"""What is joined for one user is not another one's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auth.identity import Identity
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
        hub._hint = Identity("https://sso.example", subject, subject, frozenset())
        upstream = hub.catalog.upstream(OFFERING)
        assert isinstance(upstream, Upstream)
        assert upstream._terms == told
        if subject == "alice":
            upstream._settle(TERMS)
        await hub.aclose()
