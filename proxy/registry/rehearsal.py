"""Whether rules lead to what a company expects of them: no hub, no sign-in, no server. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from proxy.address import BadAddress, origin
from proxy.configuration.settings import Company, Configuration
from proxy.policy.joining import under
from proxy.policy.verdict import judge, judge_listing
from proxy.registry.entry import Entry
from proxy.registry.listing import Listing
from proxy.registry.offer import offerings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from proxy.configuration.expectations import Expectation, Expectations
    from proxy.policy.offering import Offering
    from proxy.policy.ruling import Verdict

_ORIGIN = "https://server.invalid"
"""Where servers of a rehearsal stand: no token goes anywhere, and nothing is connected."""

_KEY = "invalid.rehearsal/governance"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expectation and what became of it.

    Attributes:
        expectation: What was expected.
        verdict: What the call met.
        wrong: What was expected and is not so, as sentences; empty where all is.
    """

    expectation: Expectation
    verdict: Verdict
    wrong: tuple[str, ...]


def rehearse(expectations: Expectations, today: dt.date) -> tuple[Outcome, ...]:
    """Judge every call of a file.

    Args:
        expectations: The file.
        today: The day on which reviews must not have expired.
    """
    return tuple(_outcome(expectations, one, today) for one in expectations.calls)


def _outcome(expectations: Expectations, one: Expectation, today: dt.date) -> Outcome:
    offering = _offering(expectations, one, today)
    subject = expectations.subjects[one.server]
    definition = next((t for t in subject.tools if t.get("name") == one.tool), {"name": one.tool})
    named, place = one.who.workspace.tags, one.who.workspace.tagged(expectations.policy.tags)
    who = replace(one.who, workspace=replace(place, tags=place.tags | named))
    verdict = judge(offering, one.tool, definition, who)
    listed = judge_listing(offering, definition, replace(who, arguments=None))
    return Outcome(one, verdict, tuple(_wrong(one, verdict, listed=listed)))


def _offering(expectations: Expectations, one: Expectation, today: dt.date) -> Offering:
    subject = expectations.subjects[one.server]
    governed = subject.governance is not None
    entry = Entry(
        subject.name,
        subject.name,
        remotes=(f"{_ORIGIN}/mcp",),
        governed=governed,
        governance=subject.governance,
    )
    audience = issuer = ""
    if isinstance(subject.governance, dict) and isinstance(subject.governance.get("auth"), dict):
        auth = subject.governance["auth"]
        audience, issuer = (
            said if isinstance(said := auth.get(key), str) else "" for key in ("audience", "issuer")
        )
    company = Company(
        name="the company",
        issuer=_ORIGIN,
        client_id="rehearsal",
        audience=audience or f"{_ORIGIN}/",
        governance_key=_KEY if governed else "",
        token_origins=frozenset({_ORIGIN, *_origin(issuer)}),
    )
    listing = Listing(entries=(entry,), revision="", fetched_at=0.0, signed=True)
    [found] = offerings(Configuration(company=company), listing, one.who.groups, today).values()
    return under(expectations.policy, replace(found, server=one.server))


def _origin(issuer: str) -> list[str]:
    """The origin of an authorization server, taken for one that the company names."""
    try:
        return [origin(issuer)]
    except BadAddress:
        return []


def _wrong(one: Expectation, verdict: Verdict, *, listed: bool) -> Iterator[str]:
    if one.verdict is not None and verdict.ruling is not one.verdict:
        yield f"expected {one.verdict}, met {verdict.ruling}"
    if one.risk is not None and verdict.risk is not one.risk:
        yield f"expected the risk {one.risk}, met {verdict.risk}"
    if one.rule and one.rule not in verdict.rule:
        yield f"expected the rule {one.rule}, met {verdict.rule}"
    if one.surfaces is not None and verdict.surfaces != one.surfaces:
        shown = ", ".join(sorted(verdict.surfaces)) or "none"
        yield f"expected the surfaces {', '.join(sorted(one.surfaces))}, met {shown}"
    if one.lease is not None and (verdict.lease is not None) is not one.lease:
        yield f"expected {'a lease' if one.lease else 'no lease'}, met the opposite"
    if one.listed is not None and listed is not one.listed:
        yield f"expected the tool {'in' if one.listed else 'out of'} the list, met the opposite"
