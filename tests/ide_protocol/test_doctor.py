"""What the hub finds when it looks at itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from auth.identity import Identity
from auth.network import Unreachable
from ide_protocol.own.doctor import Look, checks, look
from ide_protocol.own.summary import summary
from ide_protocol.wiring import build
from proxy.home import Home
from proxy.policy.offering import Offering, Standing, ToolRule
from proxy.policy.risk import Risk
from proxy.registry import Listing
from proxy.registry.fault import RegistryUnreachable
from proxy.session import Session
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

    async def reach(self) -> None:
        """Nobody answers."""
        raise Unreachable("sso.example did not answer.")

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
    return next(check for check in checks(hub, Look()) if check["name"] == name)


@pytest.mark.parametrize(
    ("storage", "state"), [(None, "failed"), ("memory", "warning"), ("keyring", "ok")]
)
def test_the_sign_in_is_looked_at(hub: Hub, storage: str | None, state: str) -> None:
    """Missing fails, kept in memory warns, sealed is well; what is not well says what to do."""
    if storage is not None:
        hub.user._hint = Identity("https://sso.example", "alice", "Alice", frozenset())
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
    assert found(hub, "server presto")["finding"].endswith("as of now.")
    assert not any(check["name"] == "server ads" for check in checks(hub, Look()))
    late = next(c for c in checks(hub, Look(frozenset({"server presto"}))) if "presto" in c["name"])
    assert (late["state"], "did not answer within" in late["finding"]) == ("warning", True)


def test_a_host_that_is_shown_more_than_it_takes_is_named(hub: Hub) -> None:
    """By doctor and status, for the windows there are; a window that shows fewer is well."""
    rules = {"*": ToolRule(risk=Risk.READ)}
    offered = Offering("big", "big", "Big", "https://mcp.example/big", rules=rules)
    hub.catalog.adopt({"big": offered}, identity_key="k", revision="1", groups=frozenset())
    hub.catalog._shelves["big"].succeeded([{"name": f"t{n}"} for n in range(60)], 1.0)
    hub.catalog._rebuild()
    window = Session("mcp", host="cursor-vscode")
    hub.sessions.add(window)
    hub.sessions.add(Session("mcp", host="Visual Studio Code"))
    hub.sessions.add(Session("mcp", host="unheard-of"))
    check = found(hub, "tools for cursor-vscode")
    assert (check["state"], "40 tools, and is shown 61" in check["finding"]) == ("warning", True)
    assert "is shown 61" in summary(hub)
    assert [c["name"] for c in checks(hub, Look()) if c["name"].startswith("tools for")] == [
        "tools for cursor-vscode"
    ]
    window.only = ("small",)
    assert not any(c["name"].startswith("tools for") for c in checks(hub, Look()))


def test_the_registry_is_well_or_says_why_not(hub: Hub) -> None:
    """How many it lists for this user, or its fault; what is hidden is not even counted."""
    hub.listing = Listing(entries=(), revision="1", fetched_at=1.0)
    servers = {
        name: Offering(name, f"a/{name}", name, "", standing=standing, reviewed=name != "mine")
        for name, standing in (
            ("ads", Standing.HIDDEN),
            ("presto", Standing.FORBIDDEN),
            ("mine", Standing.OFFERED),
        )
    }
    hub.catalog.adopt(servers, identity_key="k", revision="1", groups=frozenset())
    assert found(hub, "registry")["finding"] == "1 server is listed for you, as of now."
    hub.user._hint = Identity("https://sso.example", "alice", "Alice", frozenset())
    hub.registry_fault = RegistryUnreachable("The registry did not answer.")
    assert [c["finding"] for c in checks(hub, Look()) if c["name"] == "registry"] == [
        "The registry did not answer."
    ]


async def test_the_doctor_asks_everybody_now_and_waits_for_nobody_long(hub: Hub) -> None:
    """Registry, issuer and servers are asked at once; who stays silent is named, not waited for."""
    hub.account = Account("keyring")  # type: ignore[assignment]  # a double
    asked: list[str] = []

    async def silent(server: str) -> None:
        """Never answer."""
        asked.append(server)
        await asyncio.Event().wait()

    async def registry() -> None:
        """Answer at once, and offer a server that nobody knew of."""
        offered = Offering("presto", "a/presto", "Presto", "https://mcp.example/presto")
        hub.catalog.adopt({"presto": offered}, identity_key="k", revision="1", groups=frozenset())

    hub.catalog.relist = silent  # type: ignore[method-assign]
    hub.upkeep.ask_registry = registry  # type: ignore[method-assign]
    seen = await look(hub, patience=0.05)
    assert (set(seen.silent), asked) == ({"server presto"}, ["presto"])
    by_name = {check["name"]: check for check in checks(hub, seen)}
    assert by_name["issuer"]["finding"] == "sso.example did not answer."
    assert by_name["server presto"]["state"] == "warning"
