"""The company's policy and the user's as one, in which the user's can only be stricter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from proxy.policy.rule import Policy
from proxy.policy.ruling import Ruling
from proxy.policy.strength import stronger

if TYPE_CHECKING:
    from proxy.policy.offering import Offering


def joined(company: Policy, user: Policy) -> Policy:
    """Both together. A tag that the company defines is the company's alone."""
    strength = dict(company.strength)
    for risk, kind in user.strength.items():
        strength[risk] = stronger(kind, strength[risk]) if risk in strength else kind
    lease = None
    if company.lease is not None and user.lease is not None:
        lease = company.lease & user.lease
    return Policy(
        refusal=company.refusal,
        remedy=company.remedy,
        rules=(*company.rules, *(r for r in user.rules if r.ruling is not Ruling.ALLOW)),
        strength=strength,
        lease=lease,
        leased=company.leased & user.leased,
        tags={**user.tags, **company.tags},
    )


def under(policy: Policy, offering: Offering) -> Offering:
    """An offering with what a policy says of its server."""
    rules = tuple(
        rule
        for rule in policy.rules
        if rule.fits_server(
            offering.server, offering.name, offering.environment, reviewed=offering.reviewed
        )
    )
    return replace(offering, policy=replace(policy, rules=rules))
