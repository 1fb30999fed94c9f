"""What the hub finds when it looks at itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from auth.identity import Identity
from ide_protocol.own.doctor import checks
from ide_protocol.wiring import build
from proxy.home import Home
from proxy.policy.offering import Offering, Standing
from proxy.registry import Listing
from proxy.registry.fault import RegistryUnreachable
from proxy.upstream.fault import UpstreamMisplaced, UpstreamSignInNeeded, UpstreamUnreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from auth.fault import Fault
    from ide_protocol.own.contract import Check
    from proxy.hub import Hub

TOML = """
[company]
name = "Example Corp"
issuer = "https://sso.example"
client_id = "portico"
registry = "https://registry.example"
governance_key = ""
token_origins = ["https://mcp.example"]
"""


class Account:
    """A sign-in that is kept somewhere."""

    def __init__(self, storage: str) -> None:
        self.storage = storage

    async def aclose(self) -> None:
        """Nothing is open."""


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    """A hub of a company, whose upkeep never began."""
    (tmp_path / "portico.toml").write_text(TOML)
    built = build(Home(str(tmp_path), own=True))
    yield built
    await built.aclose()


def found(hub: Hub, name: str) -> Check:
    """The finding of this name."""
    return next(check for check in checks(hub) if check["name"] == name)


@pytest.mark.parametrize(
    ("storage", "state"), [(None, "failed"), ("memory", "warning"), ("keyring", "ok")]
)
def test_the_sign_in_is_looked_at(hub: Hub, storage: str | None, state: str) -> None:
    """Missing fails, kept in memory warns, sealed is well; what is not well says what to do."""
    if storage is not None:
        hub._hint = Identity("https://sso.example", "alice", "Alice", frozenset())
        hub.account = Account(storage)  # type: ignore[assignment]  # a double
    check = found(hub, "sign-in")
    assert check["state"] == state
    assert bool(check["remedy"]) == (state != "ok")


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (UpstreamUnreachable("Nobody\nlistens."), "warning"),
        (UpstreamMisplaced("It moved."), "failed"),
        (UpstreamSignInNeeded("It wants another token."), "failed"),
        (None, "warning"),
    ],
)
def test_a_server_is_well_only_when_it_answered(hub: Hub, fault: Fault | None, state: str) -> None:
    """What passes by itself warns, what does not fails, and silence is not health."""
    offered = Offering("presto", "com.example/presto", "Presto", "https://mcp.example/presto")
    hidden: dict[str, Any] = {"ads": Offering("ads", "a/ads", "Ads", "", standing=Standing.HIDDEN)}
    hub.catalog.adopt(
        {"presto": offered, **hidden}, identity_key="k", revision="1", groups=frozenset()
    )
    if fault is not None:
        hub.catalog._shelves["presto"].failed(fault, 1.0)
    check = found(hub, "server presto")
    assert (check["state"], bool(check["remedy"])) == (state, True)
    assert check["finding"].isprintable()
    hub.catalog._shelves["presto"].succeeded([], 1.0)
    assert found(hub, "server presto")["state"] == "ok"
    assert not any(check["name"] == "server ads" for check in checks(hub))


def test_the_registry_is_well_or_says_why_not(hub: Hub) -> None:
    """How many it lists, or its fault."""
    hub.listing = Listing(entries=(), revision="1", fetched_at=1.0)
    assert found(hub, "registry")["finding"] == "0 servers are listed."
    hub._hint = Identity("https://sso.example", "alice", "Alice", frozenset())
    hub.registry_fault = RegistryUnreachable("The registry did not answer.")
    assert [c["finding"] for c in checks(hub) if c["name"] == "registry"] == [
        "The registry did not answer."
    ]
