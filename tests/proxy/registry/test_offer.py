"""What a user is offered, and what they are told where they are not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from auth.own_sign_in.registration import Registration
from proxy.configuration import Company, CompanyServer, Configuration
from proxy.grants import terms
from proxy.policy.offering import EVERY_TOOL, Offering, Standing
from proxy.policy.risk import Confirm, Risk
from proxy.policy.verdict import explanation
from proxy.registry import Listing, offerings
from proxy.registry.entry import read, trim
from tests.proxy.registry.registry_double import KEY, block, envelope

TODAY = dt.date(2026, 11, 24)
ENG, SALES = frozenset({"eng"}), frozenset({"sales"})


def company(**changes: object) -> Company:
    """A company with a registry that a token may be shown to."""
    settings: dict[str, Any] = {
        "name": "Example Corp",
        "issuer": "https://sso.corp.example",
        "client_id": "portico",
        "registry": "https://registry.corp.example",
        "registry_audience": "https://registry.corp.example/",
        "audience": "https://mcp.corp.example/",
        "governance_key": KEY,
        "token_origins": frozenset({"https://mcp.corp.example"}),
    }
    return Company(**{**settings, **changes})


def listed(*envelopes: dict[str, Any], signed: bool = True, key: str = KEY) -> Listing:
    """A listing of these envelopes."""
    trimmed = [kept for each in envelopes if (kept := trim(each, key)) is not None]
    entries = tuple(read(each, key) for each in trimmed)
    return Listing(entries=entries, revision="r", fetched_at=1.0, signed=signed)


def met(entry: dict[str, Any], groups: frozenset[str] | None = ENG, **changes: object) -> Offering:
    """The only server of a registry, as a user meets it."""
    configuration = Configuration(company=company(**changes))
    [offering] = offerings(configuration, listed(entry), groups, TODAY).values()
    return offering


def test_a_server_that_nothing_speaks_against_is_offered_as_the_registry_says() -> None:
    """Owner, audience, groups and every tool's rule come from the governance block."""
    offering = met(envelope(governance=block()))
    assert (offering.standing, offering.reason, offering.server) == (
        Standing.OFFERED,
        "",
        "presto",
    )
    assert (offering.auth, offering.audience) == ("sso", "https://mcp.corp.example/")
    assert (offering.owner.team, offering.environment) == ("data", "prod")
    query, drop, other = (offering.rule(tool) for tool in ("query", "drop", "other"))
    assert (query.risk, query.confirm, query.minutes_saved) == (Risk.READ, Confirm.NEVER, 4.0)
    assert (drop.risk, drop.confirm) == (Risk.DESTRUCTIVE, Confirm.RISKY)
    assert drop.groups == {"ops"}
    assert (other.risk, other.confirm) == (Risk.UNKNOWN, Confirm.RISKY)


@pytest.mark.parametrize(
    ("governance", "told"),
    [
        (block(schemaVersion=2), "schemaVersion 2"),
        (block(schemaVersion=None), "schemaVersion unreadable"),
        (block(schemaVersion=True), "schemaVersion unreadable"),
        (block(reviews__genai__state="pending"), "its GenAI review GAI-3 is pending"),
        (block(reviews__genai__state="approved\u200b"), "its GenAI review GAI-3 is approved"),
        (block(reviews__legalPrivacy=None), "its legal and privacy review is missing"),
        (block(reviews=None), "its security review is missing"),
        (
            block(reviews__security__expires="2026-11-23"),
            "its security review SEC-1 expired on 2026-11-23",
        ),
        (block(reviews__security__expires="soon"), "the end of its security review SEC-1"),
        (block(context__surfaces=["chat"]), "not meant for editors"),
        (block(context=None), "not meant for editors"),
        (block(access=None), "does not say which groups have access"),
        (block(access__groups="eng"), "does not say which groups have access"),
        (block(auth__mode="mesh", auth__grant="exchange"), "which auth.mode"),
        (block(auth__mode="magic"), "its auth.mode is magic"),
        (block(auth=None), "its auth.mode is missing"),
        (block(auth__audience=7), "its auth block cannot be read"),
        (block(auth__audience="https://other.example/"), "company.audiences"),
        (block(auth__grant="magic"), "its auth.grant is magic"),
        (block(auth__mode="header"), "which header"),
        (block(auth__mode="header", auth__header="Host"), "which header"),
        (block(auth__grant="exchange", auth__mode="none"), "which auth.mode"),
        (block(auth__grant="enterprise"), "which authorization server"),
        (
            block(auth__grant="enterprise", auth__issuer="https://as.elsewhere.example"),
            "your company vouches for nobody at https://as.elsewhere.example",
        ),
        (block(tools=[]), "the rules of its tools cannot be read"),
        ("approved", "schemaVersion unreadable"),
        ({}, "schemaVersion unreadable"),
    ],
)
def test_whatever_is_open_or_unclear_withholds_the_server(governance: object, told: str) -> None:
    """A member of an access group is not offered it either, and is told why in a sentence."""
    offering = met(envelope(governance=governance), frozenset({"eng", "ops"}))
    assert offering.standing is Standing.WITHHELD
    assert told in offering.reason
    assert offering.reason.endswith(".")


def test_a_server_with_a_sign_in_of_its_own_may_be_anywhere() -> None:
    """No token of the company goes there, so its origin need not be one that the company names."""
    governance = block(auth__mode="oauth")
    offering = met(envelope(governance=governance, url="https://weather.elsewhere.example/mcp"))
    assert (offering.standing, offering.auth, offering.audience) == (Standing.OFFERED, "oauth", "")
    assert offering.registration == Registration()


def test_a_server_of_the_mesh_is_offered_at_the_companys_own_tls_alone() -> None:
    """No token goes there; the certificate is shown only where a token would be."""
    governance = block(auth__mode="mesh", auth__audience=None)
    offering = met(envelope(governance=governance))
    assert (offering.standing, offering.auth, offering.audience) == (Standing.OFFERED, "mesh", "")
    foreign = met(envelope(governance=governance, url="https://evil.example/mcp"))
    assert foreign.standing is Standing.WITHHELD
    assert "shows no certificate" in foreign.reason
    plainly = met(envelope(governance=governance, url="http://127.0.0.1:9/mcp"))
    assert "over TLS alone" in plainly.reason


def test_an_exchange_may_be_for_an_audience_that_only_the_registry_names() -> None:
    """It spends nothing, so that a wrong one costs nobody a sign-in; the origin is still bound."""
    governance = block(auth__grant="exchange", auth__audience="https://other.example/")
    offering = met(envelope(governance=governance))
    assert (offering.standing, offering.way) == (Standing.OFFERED, "exchange")
    assert terms(offering).audience == "https://other.example/"
    foreign = met(envelope(governance=governance, url="https://elsewhere.example/mcp"))
    assert foreign.standing is Standing.WITHHELD


def test_a_server_that_wants_a_header_is_sent_each_users_own() -> None:
    """Under a name that nobody chooses, at an origin that the company names, and no token."""
    governance = block(auth__mode="header", auth__header="X-Api-Key", auth__audience="")
    offering = met(envelope(governance=governance))
    assert (offering.standing, offering.auth) == (Standing.OFFERED, "none")
    assert offering.headers == {"X-Api-Key": "keyring:presto/X-Api-Key"}
    foreign = met(envelope(governance=governance, url="https://elsewhere.example/mcp"))
    assert foreign.standing is Standing.WITHHELD


def test_a_server_that_the_company_vouches_at_is_its_own_audience() -> None:
    """Its authorization server comes from the registry, and must be one that the company names."""
    governance = block(
        auth__grant="enterprise",
        auth__audience="",
        auth__issuer="https://as.example",
        auth__clientId="portico-there",
    )
    origins = frozenset({"https://mcp.corp.example", "https://as.example"})
    offering = met(envelope(governance=governance), token_origins=origins)
    assert (offering.standing, offering.auth) == (Standing.OFFERED, "sso")
    wanted = terms(offering)
    assert (wanted.way, wanted.audience) == ("enterprise", offering.url)
    assert wanted.at == Registration(issuer="https://as.example", client_id="portico-there")


def test_a_review_holds_through_its_last_day() -> None:
    """It expires on the day after the one that the registry names."""
    governance = block(reviews__security__expires=TODAY.isoformat())
    assert met(envelope(governance=governance)).standing is Standing.OFFERED


def test_a_server_of_another_group_is_explained() -> None:
    """The person learns which group is needed, and whom to ask."""
    offering = met(envelope(governance=block()), SALES)
    assert offering.standing is Standing.FORBIDDEN
    assert offering.reason == "It is for the group eng or ops, which you are not in."
    assert explanation(offering) == (
        "It is for the group eng or ops, which you are not in. "
        "Ask its owner data (#data-help or data@corp.example)."
    )


def test_somebody_not_signed_in_is_told_to_sign_in() -> None:
    """Without groups nobody can say whether the server is theirs."""
    offering = met(envelope(governance=block()), None)
    assert (offering.standing, offering.reason) == (Standing.SIGN_IN, "Sign in to use it.")


@pytest.mark.parametrize("groups", [SALES, None])
@pytest.mark.parametrize(
    "governance",
    [
        block(visibility="hidden"),
        block(visibility="Hidden "),
        block(visibility="hidden", schemaVersion=2),
        block(visibility="hidden", reviews__genai__state="pending"),
    ],
)
def test_a_hidden_server_is_hidden_from_outsiders_whatever_else_is_wrong_with_it(
    governance: dict[str, Any], groups: frozenset[str] | None
) -> None:
    """No open review, unknown version or missing sign-in betrays that it exists."""
    assert met(envelope(governance=governance), groups).standing is Standing.HIDDEN


def test_a_hidden_server_is_offered_to_its_own_group() -> None:
    """Hiding is for outsiders."""
    assert met(envelope(governance=block(visibility="hidden"))).standing is Standing.OFFERED


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/mcp",
        "https://mcp.corp.example@evil.example/mcp",
        "https://mcp.corp.example.evil.example/mcp",
        "https://mcp.corp.example:8443/mcp",
        "http://mcp.corp.example/mcp",
        "https://mcp.corp.example/a/../b",
        "https://{tenant}.corp.example/mcp",
        "file:///etc/passwd",
    ],
)
def test_a_remote_url_at_a_foreign_host_never_gets_a_token(url: str) -> None:
    """A server whose token would leave the company's origins has no address at all."""
    offering = met(envelope(governance=block(), url=url))
    assert (offering.standing, offering.url) == (Standing.WITHHELD, "")


def test_a_later_remote_at_the_companys_origin_is_used() -> None:
    """The first Streamable HTTP address that a token may go to is the one."""
    entry = envelope(governance=block(), url="https://evil.example/mcp")
    entry["server"]["remotes"] += [
        {"type": "sse", "url": "https://mcp.corp.example/sse"},
        {"type": "streamable-http", "url": "https://mcp.corp.example/mcp"},
    ]
    assert met(entry).url == "https://mcp.corp.example/mcp"


def test_a_server_without_sign_in_may_be_anywhere_and_gets_no_token() -> None:
    """`none` in the registry means that nothing of the user is sent."""
    entry = envelope(governance=block(auth={"mode": "none"}), url="https://docs.example/mcp")
    offering = met(entry)
    assert (offering.standing, offering.auth, offering.audience) == (Standing.OFFERED, "none", "")


def test_a_publisher_cannot_write_its_own_approval() -> None:
    """A block in the server's own `_meta` counts for nothing."""
    entry = envelope("com.example/sly")
    entry["server"]["_meta"] = {KEY: block()}
    found = offerings(
        Configuration(company=company()), listed(entry, envelope(governance=block())), ENG, TODAY
    )
    assert found["sly"].standing is Standing.WITHHELD
    assert "has no governance block" in found["sly"].reason


@pytest.mark.parametrize(
    ("rule", "groups"),
    [
        ({"risk": "harmless"}, frozenset()),
        ({"risk": ["read"]}, frozenset()),
        ({"risk": "read", "confirm": "sometimes"}, frozenset()),
        ({"risk": "read", "grups": ["ops"]}, frozenset()),
        ("read", frozenset()),
        ({"risk": "read", "groups": "ops"}, None),
    ],
)
def test_a_rule_that_cannot_be_understood_asks_always(
    rule: object, groups: frozenset[str] | None
) -> None:
    """The tool is unknown and confirmed, nobody is in unreadable groups, and the source says so."""
    found = met(envelope(governance=block(tools={"query": rule}))).rule("query")
    assert (found.risk, found.confirm) == (Risk.UNKNOWN, Confirm.ALWAYS)
    assert "not understood" in found.source
    if groups is None:
        assert found.groups
        assert not found.groups & {"ops"}
    else:
        assert found.groups == groups


@pytest.mark.parametrize("minutes", [-1, True, "ten", 10**400, None])
def test_an_impossible_estimate_is_no_estimate(minutes: object) -> None:
    """A wrong figure costs the figure, not the rule."""
    rule = {"risk": "read", "minutesSaved": minutes}
    found = met(envelope(governance=block(tools={"query": rule}))).rule("query")
    assert (found.risk, found.minutes_saved) == (Risk.READ, 0.0)


def test_a_registry_without_governance_is_offered_with_every_tool_unknown() -> None:
    """Where no entry has a block, company policy may name a risk and trust the read hint."""
    entries = listed(envelope(), envelope("com.example/spark"))
    said = {"com.example/spark": CompanyServer(Risk.READ, trust_read_hint=True)}
    found = offerings(Configuration(company=company(servers=said)), entries, ENG, TODAY)
    assert {offering.standing for offering in found.values()} == {Standing.OFFERED}
    assert (found["presto"].rule("x").risk, found["presto"].trust_read_hint) == (
        Risk.UNKNOWN,
        False,
    )
    assert (found["spark"].rule("x").risk, found["spark"].trust_read_hint) == (Risk.READ, True)


def test_company_policy_never_loosens_a_governance_block() -> None:
    """What `company.servers` says is only for entries without a block."""
    said = {"com.example/presto": CompanyServer(Risk.READ, trust_read_hint=True)}
    offering = met(envelope(governance=block()), servers=said)
    assert not offering.trust_read_hint
    assert EVERY_TOOL not in offering.rules


def test_governance_that_was_not_shown_is_not_taken_for_none() -> None:
    """A registry read without sign-in, or under a mistyped key, offers nothing."""
    anonymous = listed(envelope(), signed=False)
    [unsigned] = offerings(Configuration(company=company()), anonymous, ENG, TODAY).values()
    assert unsigned.standing is Standing.WITHHELD
    assert "without your sign-in" in unsigned.reason
    [nobody] = offerings(Configuration(company=company()), anonymous, None, TODAY).values()
    assert nobody.standing is Standing.SIGN_IN
    wrong = "com.example.corp/governence"
    configuration = Configuration(company=company(governance_key=wrong))
    listing = listed(envelope(governance=block()), key=wrong)
    [mistyped] = offerings(configuration, listing, ENG, TODAY).values()
    assert mistyped.standing is Standing.WITHHELD
    assert "another key" in mistyped.reason


def test_status_decides_before_anything_else() -> None:
    """Deleted is gone, deprecated is offered and said, and an unknown status is withheld."""
    configuration = Configuration(company=company())
    deleted = listed(envelope(governance=block(), status="deleted"))
    assert offerings(configuration, deleted, ENG, TODAY) == {}
    old = met(envelope(governance=block(), status="deprecated", statusMessage="Use trino."))
    assert old.standing is Standing.OFFERED
    assert old.reason == "The registry calls it deprecated: Use trino."
    assert old.reason in old.description
    assert met(envelope(governance=block(), status="paused")).standing is Standing.WITHHELD


def test_texts_of_the_registry_are_safe_to_show() -> None:
    """No title, owner or reason moves a cursor or turns a line around."""
    entry = envelope(governance=block(owner={"team": "da\u202eta\x1b[2J", "contact": 5}))
    entry["server"]["title"] = "Pre\x1b]0;x\x07sto\u200b"
    offering = met(entry, SALES)
    shown = f"{offering.title}{offering.description}{offering.reason}{offering.owner}"
    assert shown.isprintable()
