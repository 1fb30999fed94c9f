"""Servers written by hand beside those of the registry."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from proxy.configuration import Company, Configuration, HandWritten
from proxy.policy.offering import Offering, Standing
from proxy.policy.risk import Confirm, Risk
from proxy.registry import Listing, offerings
from proxy.registry.entry import read, trim
from tests.proxy.registry.registry_double import KEY, block, envelope

COMPANY = Company(
    name="Example Corp",
    issuer="https://sso.corp.example",
    client_id="portico",
    registry="https://registry.corp.example",
    audience="https://mcp.corp.example/",
    governance_key=KEY,
    token_origins=frozenset({"https://mcp.corp.example"}),
)
NOTES = HandWritten(
    "notes", "https://notes.example/mcp", confirm=Confirm.NEVER, risk=Risk.READ, tools_deny=("x",)
)


def listed(*envelopes: dict[str, Any], departed: dict[str, str] | None = None) -> Listing:
    """A listing of these envelopes."""
    trimmed = [kept for each in envelopes if (kept := trim(each, KEY)) is not None]
    entries = tuple(read(each, KEY) for each in trimmed)
    return Listing(entries=entries, revision="r", fetched_at=1.0, departed=departed or {})


PRESTO = listed(envelope(governance=block()))


def met(
    server: HandWritten, listing: Listing | None = PRESTO, company: Company | None = COMPANY
) -> dict[str, Offering]:
    """Everything offered to a user of the data group, with one server written by hand."""
    configuration = Configuration(company=company, servers={server.name: server})
    return offerings(configuration, listing, frozenset({"eng"}), dt.date(2026, 11, 24))


def test_a_hand_written_server_joins_as_unreviewed_under_the_users_rules() -> None:
    """It stands beside the registry's servers, marked, with the user's risk and confirmation."""
    notes = met(NOTES)["notes"]
    assert (notes.standing, notes.reviewed, notes.auth) == (Standing.OFFERED, False, "none")
    rule = notes.rule("anything")
    assert (rule.risk, rule.confirm) == (Risk.READ, Confirm.NEVER)
    assert notes.denied_tools == ("x",)


def test_it_works_without_any_company() -> None:
    """Somebody who only has a server of their own needs no registry."""
    assert met(NOTES, None, None)["notes"].standing is Standing.OFFERED


@pytest.mark.parametrize(
    "listing",
    [
        PRESTO,
        listed(envelope(governance=block(visibility="hidden", access={"groups": ["ops"]}))),
        listed(envelope(governance=block(), status="deleted")),
        listed(departed={"com.example/presto": ""}),
    ],
    ids=["listed", "hidden", "deleted", "departed"],
)
def test_it_never_takes_over_a_short_name_of_the_registry(listing: Listing) -> None:
    """The registry's server keeps the name, also hidden or gone; the user's own is withheld."""
    found = met(replace(NOTES, name="presto"), listing)
    [own] = [offering for offering in found.values() if not offering.reviewed]
    assert own.server != "presto"
    assert own.standing is Standing.WITHHELD
    assert "choose another one" in own.reason


@pytest.mark.parametrize(
    "url",
    [
        "https://mcp.corp.example/presto/mcp",
        "https://mcp.corp.example:443//presto/mcp/",
        "https://MCP.corp.example/Presto/%6dcp?x=1",
    ],
)
def test_it_never_loosens_a_server_of_the_registry_by_another_name(url: str) -> None:
    """The address of a reviewed server cannot be reached under the user's own rules."""
    own = met(replace(NOTES, url=url))["notes"]
    assert own.standing is Standing.WITHHELD
    assert "its rules hold" in own.reason


def test_at_the_companys_address_it_waits_for_the_registry() -> None:
    """Before the registry was read nobody knows which addresses it speaks for."""
    at_home = replace(NOTES, url="https://mcp.corp.example/mine/mcp", auth="sso")
    assert met(at_home, None)["notes"].standing is Standing.WITHHELD
    assert met(at_home)["notes"].standing is Standing.OFFERED
    assert met(NOTES, None)["notes"].standing is Standing.OFFERED


def test_a_company_may_forbid_unreviewed_servers() -> None:
    """Then none is offered, and the person is told whose decision that is."""
    own = met(NOTES, company=replace(COMPANY, unreviewed=False))["notes"]
    assert own.standing is Standing.WITHHELD
    assert "company.unreviewed" in own.reason


def test_no_token_goes_to_an_origin_that_the_company_does_not_name() -> None:
    """Even a configuration made without the reader's checks cannot ask for one."""
    foreign = replace(NOTES, auth="sso", audience="https://mcp.corp.example/")
    assert met(foreign)["notes"].standing is Standing.WITHHELD
    assert met(foreign, None, None)["notes"].standing is Standing.WITHHELD
