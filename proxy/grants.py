"""The terms of the grant that an offered server wants of the company's sign-in; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auth.terms import Terms

if TYPE_CHECKING:
    from proxy.policy.offering import Offering


def terms(offering: Offering) -> Terms:
    """The terms on which a server that the company's sign-in is for is reached."""
    at = offering.registration if offering.way == "enterprise" else None
    return Terms(offering.audience, offering.scopes, offering.way, at)
