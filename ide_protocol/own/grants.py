"""What each server is sent of the person, for whoever asks; nobody else is asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from auth.fault import Fault
from auth.grant import GrantState
from proxy.grants import terms
from proxy.plain import plain
from proxy.policy.offering import Standing

if TYPE_CHECKING:
    from ide_protocol.own import contract
    from proxy.hub import Hub
    from proxy.policy.offering import Offering


_Way = Literal["refresh", "exchange", "enterprise", "own", "header", "mesh", "none"]


async def grants(hub: Hub, offerings: list[Offering]) -> list[contract.Grant]:
    """How the grants of these servers stand."""
    return [await _grant(hub, offering) for offering in offerings]


async def _grant(hub: Hub, offering: Offering) -> contract.Grant:
    state = await _state(hub, offering)
    fault = state.fault if state is not None and not state.held else None
    why = fault.sentence() if fault is not None else ""
    if offering.standing is not Standing.OFFERED:
        why = offering.reason
    elif offering.auth == "sso" and hub.identity is None:
        why = "You are not signed in."
    return {
        "server": offering.server,
        "title": plain(offering.title, 80),
        "way": _way(offering),
        "audience": plain(offering.audience, 200),
        "scopes": [plain(scope, 80) for scope in offering.scopes],
        "issuer": plain(_issuer(hub, offering), 200),
        "held": state is not None and state.held,
        "expires": state.expires_at if state is not None else None,
        "why": plain(why, 400),
    }


async def _state(hub: Hub, offering: Offering) -> GrantState | None:
    if offering.standing is not Standing.OFFERED:
        return None  # it is sent nothing, whatever there is for others of its audience
    if offering.auth == "sso" and hub.account is not None:
        return hub.account.grant(terms(offering)).state
    if offering.headers:
        return await _kept(hub, offering)
    own = hub.own_sign_ins.at(offering)
    if own is None:
        return None
    await own.load()
    return own.state


def _issuer(hub: Hub, offering: Offering) -> str:
    if offering.registration is not None:
        return offering.registration.issuer
    company = hub.configuration.company
    return company.issuer if offering.auth == "sso" and company is not None else ""


async def _kept(hub: Hub, offering: Offering) -> GrantState:
    """Whether every secret that a server's headers hold is kept here."""
    try:
        await hub.secrets.resolved(offering.server, offering.headers)
    except Fault as fault:
        return GrantState(held=False, fault=fault)
    return GrantState(held=True)


def _way(offering: Offering) -> _Way:
    if offering.auth == "sso":
        return offering.way
    if offering.auth == "oauth":
        return "own"
    if offering.auth == "mesh":
        return "mesh"
    return "header" if offering.headers else "none"
