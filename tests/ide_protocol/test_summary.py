"""How things stand, in one paragraph that a person and a model read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from auth.identity import Identity
from ide_protocol.own.summary import STATUS_TOOL, problems, shown, summary
from ide_protocol.wiring import build
from proxy.catalog.view import View
from proxy.configuration import Company, HandWritten
from proxy.home import Home
from proxy.policy.offering import Offering, Owner, Standing
from proxy.registry.fault import RegistryUnreachable
from proxy.upstream.fault import UpstreamUnreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

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
ALICE = Identity("https://sso.example", "alice", "Al\x1b[2Jice", frozenset())


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    """A hub of a company, whose upkeep never began."""
    (tmp_path / "portico.toml").write_text(TOML)
    built = build(Home(str(tmp_path), own=True))
    assert built.configuration.company is not None
    yield built
    await built.aclose()


def offer(hub: Hub, **offerings: Standing) -> None:
    """Offer servers of these names and standings."""
    hub.catalog.adopt(
        {
            name: Offering(
                name,
                f"com.example/{name}",
                name.title(),
                f"https://mcp.example/{name}",
                owner=Owner("data-platform"),
                standing=standing,
                reason="" if standing is Standing.OFFERED else f"Its review of {name}\nexpired.",
            )
            for name, standing in offerings.items()
        },
        identity_key="k",
        revision="1",
        groups=frozenset(),
    )


def test_who_is_not_signed_in_is_told_how(hub: Hub) -> None:
    """Sign-in comes first; what is missing after it is not counted up."""
    offer(hub, ads=Standing.FORBIDDEN)
    said = summary(hub)
    assert "Nobody is signed in" in said
    assert "portico login" in said
    assert "Ads" not in said


def test_without_any_configuration_the_file_is_named(tmp_path: Path) -> None:
    """A first try says what to write, and a broken file what is wrong with it."""

    async def said() -> str:
        hub = build(Home(str(tmp_path), own=True))
        words = summary(hub)
        await hub.aclose()
        return words

    import asyncio

    assert "portico setup URL" in asyncio.run(said())
    (tmp_path / "portico.toml").write_text("[company")
    assert asyncio.run(said()).startswith(
        "Portico offers nothing, because portico.toml is not valid."
    )


def test_every_server_that_is_missing_says_why_and_who_acts(hub: Hub) -> None:
    """Down, from a snapshot, withheld: each in a sentence; a hidden one in none."""
    hub.user._hint = ALICE
    offer(
        hub,
        presto=Standing.OFFERED,
        spark=Standing.OFFERED,
        ads=Standing.WITHHELD,
        secret=Standing.HIDDEN,
    )
    shelves = hub.catalog._shelves
    shelves["presto"].succeeded([{"name": "read"}], 1.0)
    shelves["spark"].tools = [{"name": "jobs"}]
    shelves["spark"].failed(UpstreamUnreachable("Nobody listens."), 1.0)
    hub.catalog._rebuild()
    hub.registry_fault = RegistryUnreachable("The registry did not answer.")
    said = summary(hub)
    for part in (
        "Signed in as Alice.",
        "1 of 2 servers have answered, with 2 tools in all (presto, spark).",
        "spark: Nobody listens.",
        "its tools are from the last list",
        "Ads is not offered: its review of ads expired. Ask its owner data-platform.",
        "The registry did not answer.",
    ):
        assert part in said
    assert "ecret" not in said
    assert said.isprintable()
    assert hub.registry_fault in problems(hub)


def test_nothing_a_model_reads_names_an_approval_or_how_to_give_one(hub: Hub) -> None:
    """Neither the status nor its tool speaks of questions, ids or approving commands."""
    hub.user._hint = ALICE
    offer(hub, presto=Standing.OFFERED)
    for said in (summary(hub), str(STATUS_TOOL)):
        assert not re.search(r"approv|reject|portico answer|question", said, re.IGNORECASE)


def test_servers_of_ones_own_need_no_company(hub: Hub) -> None:
    """Without a company it says that only the user's own servers are there."""
    hub.account = None
    hub.configuration = replace(
        hub.configuration,
        company=None,
        servers={"mine": HandWritten("mine", "https://mine.example/mcp")},
    )
    assert "without a company" in summary(hub)
    assert "No server is offered to you now." in summary(hub)


def test_the_sign_in_that_nothing_keeps_is_called_so(hub: Hub) -> None:
    """Where there is no keyring, it says how long the sign-in lasts."""

    class Account:
        """A sign-in that only this process keeps."""

        storage = "memory"

    hub.user._hint = ALICE
    hub.account = Account()  # type: ignore[assignment]  # only where it is kept matters
    assert "lasts until Portico ends" in summary(hub)
    hub.account = None
    assert isinstance(hub.configuration.company, Company)


async def test_a_window_of_a_few_servers_says_which_and_what_is_not_there(hub: Hub) -> None:
    """A misspelt `--only` is seen; a server that is hidden or not for you reads the same."""
    offer(hub, presto=Standing.OFFERED, revenue=Standing.FORBIDDEN)
    assert shown(hub, View()) == ""
    assert shown(hub, View(frozenset({"presto"}))) == (
        "This connection shows only presto, by its own --only or a profile."
    )
    said = shown(hub, View(frozenset({"presto", "presot", "revenue"})))
    assert said.endswith("No server of that name is offered: presot, revenue.")
