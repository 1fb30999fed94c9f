"""What a call would meet, step by step, without making it; and a draft of a server's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ide_protocol.own.params import BadParams
from ide_protocol.own.params import text as named
from proxy import wire
from proxy.approval import Question
from proxy.approval.prompt import text
from proxy.catalog.feature import Feature
from proxy.exchange.routing import judged
from proxy.fault import UnknownTool
from proxy.naming import public_name
from proxy.plain import plain
from proxy.policy.circumstances import Circumstances
from proxy.policy.offering import Standing
from proxy.policy.ruling import Ruling, Step, Verdict
from proxy.policy.strength import ORDER
from proxy.registry.draft import draft, notes
from proxy.session import arrival

if TYPE_CHECKING:
    from ide_protocol.own import contract
    from proxy.catalog import Route
    from proxy.hub import Hub
    from proxy.policy.circumstances import Workspace
    from proxy.policy.offering import Offering
    from proxy.session import Session

_NEVER = 0.0


async def explain(hub: Hub, session: Session, params: dict[str, Any]) -> contract.Weighing:
    """The way to the verdict on a call, as `contract.EXPLAIN` answers it.

    Args:
        hub: Who judges.
        session: Who asks; its workspace counts where none is named.
        params: As in the contract.

    Raises:
        BadParams: They are not.
        UnknownTool: Nothing of that name is known to this user, or it is hidden.
    """
    server, tool = named(params, "server"), named(params, "tool")
    arguments, workspace = _supposed(params)
    await hub.listed()
    offering = _offering(hub, server, tool)
    await hub.know(session)
    place = session.place if workspace is None else await hub.place(workspace)
    identity = hub.identity
    who = Circumstances(
        groups=identity.groups if identity else frozenset(),
        user=identity.subject if identity else "",
        host=session.host,
        workspace=place,
        arguments=arguments,
    )
    found = hub.catalog.find(Feature.TOOLS, public_name(server, tool))
    if found is None or (
        found.definition is None and offering.standing is Standing.OFFERED and _listed(hub, server)
    ):
        raise _unknown(server, tool)
    way: list[Step] = []
    verdict = _quarantined(found, judged(found, who, way), way)
    asks = verdict.ruling is Ruling.ASK
    return {
        "server": server,
        "title": plain(offering.title, 80),
        "tool": plain(tool, 128),
        "verdict": verdict.ruling.value,
        "risk": verdict.risk.value,
        "rule": plain(verdict.rule, 300),
        "reason": plain(verdict.reason, 500),
        "remedy": plain(verdict.remedy, 300),
        "open": verdict.open,
        "steps": [_step(step) for step in way],
        "groups": sorted(who.groups),
        "workspace": _place(place),
        "surfaces": [kind for kind in ORDER if asks and kind in verdict.surfaces],
        "surface": _surface(hub, session, verdict) if asks else "",
        "lease": _lease(verdict),
        "prompt": text(_question(session, found, verdict, arguments or {})) if asks else "",
    }


def _supposed(params: dict[str, Any]) -> tuple[dict[str, Any] | None, str | None]:
    """The arguments and the workspace that a call is supposed to have."""
    arguments, workspace = params.get("arguments"), params.get("workspace")
    if arguments is not None and not isinstance(arguments, dict):
        raise BadParams("`arguments` must be an object.")
    if workspace is not None and not isinstance(workspace, str):
        raise BadParams("`workspace` must be a text.")
    return arguments, workspace


async def drafted(hub: Hub, server: str) -> dict[str, Any]:
    """A governance block for a server, as `contract.DRAFT` answers it.

    Raises:
        UnknownTool: Nothing of that name is known to this user, or it is hidden.
    """
    await hub.listed()
    block = draft(_offering(hub, server), hub.catalog.definitions(server))
    return {"governance": block, "notes": notes(block)}


def _quarantined(route: Route, verdict: Verdict, way: list[Step]) -> Verdict:
    """The verdict, but for a tool in quarantine, of which no call is let through."""
    ill = route.quarantine
    if ill is None or verdict.ruling is Ruling.DENY:
        return verdict
    rule = f"quarantine ({ill.reason})"
    way.append(Step("quarantine", Ruling.DENY, rule, ill.says))
    remedy = ill.step(route.offering.server, route.tool)
    return Verdict(Ruling.DENY, verdict.risk, rule, ill.says, remedy=remedy)


def _offering(hub: Hub, server: str, tool: str = "") -> Offering:
    offering = hub.catalog.offerings.get(server)
    if offering is None or offering.standing is Standing.HIDDEN:
        # What is hidden is not explained, not even that it is.
        raise _unknown(server, tool)
    return offering


def _unknown(server: str, tool: str) -> UnknownTool:
    return UnknownTool(f"Unknown tool: {plain(f'{server}.{tool}'.rstrip('.'), 160)}.")


def _listed(hub: Hub, server: str) -> bool:
    """Whether it is known which tools a server has."""
    return bool(hub.catalog.definitions(server))


def _step(step: Step) -> contract.Step:
    return {
        "name": step.name,
        "verdict": step.ruling.value if step.ruling else "",
        "rule": plain(step.rule, 300),
        "finding": plain(step.finding, 500),
    }


def _place(workspace: Workspace) -> contract.Place:
    return {
        "path": workspace.paths[0] if workspace.paths else "",
        "remotes": sorted(workspace.remotes),
        "tags": sorted(workspace.tags),
    }


def _surface(hub: Hub, session: Session, verdict: Verdict) -> str:
    """Where somebody would be asked now, if the call came from here; empty where nowhere."""
    chosen = hub.desk.surface(session, arrival(), verdict.surfaces)
    return chosen[0].value if chosen else ""


def _lease(verdict: Verdict) -> contract.LeaseTerms | None:
    limits = verdict.lease
    return {"minutes": limits.minutes, "calls": limits.calls} if limits else None


def _question(
    session: Session, route: Route, verdict: Verdict, arguments: dict[str, Any]
) -> Question:
    """The question as it would be put; nobody is asked, and nothing can be answered."""
    offering = route.offering
    return Question(
        server=offering.server,
        title=offering.title,
        owner=offering.owner,
        reviewed=offering.reviewed,
        tool=route.tool,
        risk=verdict.risk,
        arguments=wire.encode(arguments).decode(),
        digest="",
        reason=verdict.reason,
        host=session.host,
        workspace=session.workspace,
        deadline=_NEVER,
        tag="····",
    )
