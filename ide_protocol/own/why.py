"""Why a call runs, is asked about or is denied, and who can change that.

What the registry hides is not explained: it answers like a name that nobody knows, and nothing in
the answer depends on what is hidden.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auth.refresh import SignInNeeded
from ide_protocol.own.params import BadParams, text
from ide_protocol.own.shape import owner
from proxy.catalog import State
from proxy.fault import UnknownTool
from proxy.naming import public_name
from proxy.plain import plain
from proxy.policy.circumstances import Circumstances
from proxy.policy.offering import Standing
from proxy.policy.verdict import Ruling, judge

if TYPE_CHECKING:
    from ide_protocol.own import contract
    from ide_protocol.own.params import Params
    from proxy.hub import Hub
    from proxy.policy.offering import Offering
    from proxy.policy.verdict import Verdict
    from proxy.session import Session


async def why(hub: Hub, session: Session, params: Params) -> contract.Explanation:
    """See `contract.WHY`.

    Raises:
        UnknownTool: No server or tool of that name is known to this user.
        SignInNeeded: Nobody is signed in, so nothing can be said of such a name.
        BadParams: A name is no text.
    """
    server, tool = text(params, "server"), params.get("tool", "")
    if not isinstance(tool, str):
        raise BadParams("`tool` must be a text.")
    await hub.listed()
    await hub.know(session)
    offering = hub.catalog.offerings.get(server)
    identity = hub.identity
    groups = identity.groups if identity else frozenset()
    if offering is None or offering.standing is Standing.HIDDEN:
        raise _unknown(hub, server, tool)
    definition = _definition(hub, offering, tool)
    verdict = judge(offering, tool, definition, Circumstances(groups, workspace=session.place))
    if verdict.unknown or (tool and verdict.ruling is not Ruling.DENY and definition is None):
        raise _unknown(hub, server, tool)
    ill = hub.catalog.quarantined(server).get(tool) if verdict.ruling is not Ruling.DENY else None
    if ill is not None:
        verdict = replace(
            verdict,
            ruling=Ruling.DENY,
            rule=f"quarantine ({ill.reason})",
            reason=ill.says,
            remedy=ill.step(server, tool),
        )
        return _explained(offering, tool, verdict, frozenset(), hub)
    if not tool and verdict.ruling is not Ruling.DENY:
        return _explained(offering, tool, None, frozenset(), hub)
    return _explained(offering, tool, verdict, _missing(offering, tool, groups), hub)


def _unknown(hub: Hub, server: str, tool: str) -> Exception:
    """What a name ends in of which nothing can be said."""
    if hub.account is not None and hub.identity is None:
        return SignInNeeded("Nobody is signed in.")
    named = ".".join(filter(None, (plain(server, 80), plain(tool, 128))))
    return UnknownTool(f"Unknown {'tool' if tool else 'server'}: {named}")


def _definition(hub: Hub, offering: Offering, tool: str) -> dict[str, Any] | None:
    """The tool as its server gave it; where that cannot be asked, a name alone."""
    found = next(
        (one for one in hub.catalog.definitions(offering.server) if one.get("name") == tool), None
    )
    if found is None and hub.catalog.state(offering.server)[0] is not State.LIVE:
        return {"name": tool}
    return found


def _missing(offering: Offering, tool: str, groups: frozenset[str]) -> frozenset[str]:
    """The groups of which the user would need one."""
    if offering.standing is Standing.FORBIDDEN:
        return offering.groups
    needed = offering.rule(tool).groups
    return needed if tool and needed.isdisjoint(groups) else frozenset()


def _explained(
    offering: Offering, tool: str, verdict: Verdict | None, missing: frozenset[str], hub: Hub
) -> contract.Explanation:
    groups = [plain(group, 80) for group in sorted(missing)]
    denied = verdict is not None and verdict.ruling is Ruling.DENY
    return {
        "server": offering.server,
        "tool": plain(tool, 128),
        "name": public_name(offering.server, tool) if tool else "",
        "title": plain(offering.title, 80),
        "owner": owner(offering.owner),
        "verdict": verdict.ruling.value if verdict else "allow",
        "risk": verdict.risk.value if verdict and tool else "",
        "rule": verdict.rule if verdict else f"standing {offering.standing} ({offering.name})",
        "reason": plain(verdict.reason if verdict else "The server is offered to you.", 400),
        "remedy": plain(_remedy(offering, verdict, groups), 500) if verdict else "",
        "groups": groups,
        "request": _request(offering, tool, groups, hub) if denied and groups else "",
    }


def _remedy(offering: Offering, verdict: Verdict, groups: list[str]) -> str:
    """What the person does next; where a group is missing, whom to ask for it."""
    if not groups or verdict.ruling is not Ruling.DENY:
        return verdict.remedy
    wanted = f"to be added to {' or '.join(groups)}"
    who = offering.owner
    ways = " or ".join(filter(None, (who.support, who.contact)))
    if who.team and ways:
        return f"Ask its owner {who.team} ({ways}) {wanted}."
    return f"Ask {who.team or ways or 'whoever runs the registry'} {wanted}."


def _request(offering: Offering, tool: str, groups: list[str], hub: Hub) -> str:
    """A text to send to the owner."""
    what = f"{plain(tool, 128)} of {plain(offering.title, 80)}" if tool else plain(offering.title)
    needed, me = " or ".join(groups), hub.identity
    signed = ""
    if me is not None:
        # Some issuers give no other name than the subject.
        account = f" ({plain(me.subject, 80)})" if me.subject != me.name else ""
        signed = f" I am {plain(me.name, 80)}{account}."
    return (
        f"I would like to use {what} ({plain(offering.name, 120)}) through Portico. It needs the "
        f"group {needed}, which I am not in. Can you add me, or tell me who can?{signed}"
    )
