"""How things stand, as a person reads it: what works, what is missing, and who acts.

The model reads it too (`portico_status`), so it names no open question and no way to answer one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ide_protocol.own.host_limit import REMEDY, excesses
from proxy.catalog import State
from proxy.configuration import ConfigurationFault
from proxy.offline import beyond
from proxy.plain import plain
from proxy.policy.circumstances import Circumstances
from proxy.policy.offering import Standing
from proxy.policy.verdict import explanation, judge_listing
from proxy.registry.hand_written import NOT_NOW
from proxy.trust.quarantine import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auth.fault import Fault
    from proxy.catalog.view import View
    from proxy.hub import Hub
    from proxy.policy.offering import Offering
    from proxy.trust.quarantine import Quarantine

STATUS_TOOL: dict[str, Any] = {
    "name": "portico_status",
    "title": "Portico status",
    "description": (
        "How Portico stands: who is signed in, which servers are there, what is missing and what "
        "the user can do about it. Call it when a tool or server seems to be missing."
    ),
    "inputSchema": {"type": "object", "properties": {}},
    "annotations": {"readOnlyHint": True, "openWorldHint": False},
}
"""Portico's one own tool, always in the list."""


def problems(hub: Hub) -> list[Fault]:
    """What is wrong now, the gravest first: with the hub, the company's policy, the registry."""
    own = list(hub.problems)
    if hub.setup is not None:
        own += filter(None, (hub.setup.fault, hub.setup.news))
    if hub.company_policy.fault is not None:
        own.append(hub.company_policy.fault)
    away = hub.horizon.offline is not None  # which the summary says once, in place of each
    if hub.registry_fault is not None and hub.identity is not None and not away:
        own.append(hub.registry_fault)
    return own


def refusal(hub: Hub) -> ConfigurationFault | None:
    """Why portico.toml was refused; None when it was not. Everything else only follows from it."""
    return next((fault for fault in hub.problems if isinstance(fault, ConfigurationFault)), None)


def configured(hub: Hub) -> None:
    """Raise the refusal of portico.toml, where there is one: an empty answer would hide it."""
    if (refused := refusal(hub)) is not None:
        raise refused


def summary(hub: Hub) -> str:
    """One paragraph."""
    if (refused := refusal(hub)) is not None:
        why = plain(refused.message.replace("\n", "; "), 500)
        return f"Portico offers nothing, because portico.toml is not valid. {why}. {refused.remedy}"
    parts = [*_offline(hub), _who(hub), *(plain(fault.sentence(), 600) for fault in problems(hub))]
    offered = [o for o in hub.catalog.offerings.values() if o.standing is Standing.OFFERED]
    states = {o.server: hub.catalog.state(o.server) for o in offered}
    live = [server for server, (state, _, _) in states.items() if state is State.LIVE]
    tools = len(hub.catalog.tools())
    if offered:
        parts.append(
            f"{len(live)} of {len(offered)} servers have answered, with {tools} tools in all"
            f" ({', '.join(sorted(states))})."
        )
    elif hub.identity is not None or hub.configuration.servers:
        parts.append("No server is offered to you now.")
    away = hub.horizon.offline is not None
    for server, (state, _, fault) in sorted(states.items()):
        if fault is not None and not (away and beyond(hub.catalog.offerings[server])):
            kept = ", its tools are from the last list" if state is State.SNAPSHOT else ""
            parts.append(f"{server}: {plain(fault.sentence(), 300)}{kept}")
    parts.extend(f"{server}: {held_back(ill)}" for server, ill in quarantines(hub))
    parts.extend(_missing(hub))
    parts.extend(f"{excess.sentence()} {REMEDY}" for excess in excesses(hub))
    return " ".join(parts)


def shown(hub: Hub, view: View) -> str:
    """Which servers a window shows, where it shows a few; those that are not offered as well."""
    if view.only is None:
        return ""
    offered = {o.server for o in hub.catalog.offerings.values() if o.standing is Standing.OFFERED}
    said = f"This connection shows only {_names(view.only)}, by its own --only or a profile."
    # What is hidden reads like a name that nobody knows.
    if missing := view.only - offered:
        said += f" No server of that name is offered: {_names(missing)}."
    return said


def quarantines(hub: Hub) -> list[tuple[str, Mapping[str, Quarantine]]]:
    """Each server with tools in quarantine, with these and why; what is denied does not count."""
    who = Circumstances(hub.identity.groups if hub.identity else frozenset())
    catalog = hub.catalog
    found: list[tuple[str, Mapping[str, Quarantine]]] = []
    for server, offering in sorted(catalog.offerings.items()):
        definitions = {tool.get("name"): tool for tool in catalog.definitions(server)}
        ill = {
            tool: why
            for tool, why in catalog.quarantined(server).items()
            if judge_listing(offering, definitions.get(tool, {"name": tool}), who)
        }
        if ill:
            found.append((server, ill))
    return found


def held_back(ill: Mapping[str, Quarantine]) -> str:
    """How many tools are held back and why, without the server's own words: a model reads this."""
    count = "1 tool is" if len(ill) == 1 else f"{len(ill)} tools are"
    why = {
        Reason.CHANGED: "changed since trusted",
        Reason.POISONED: "a description not to be trusted",
        Reason.UNREVIEWED: "not what the company reviewed",
        Reason.SHADOWS: "a name like another tool's",
        Reason.INSTRUCTIONS: "the server's instructions changed",
    }
    reasons = dict.fromkeys(why[one.reason] for one in ill.values())
    return f"{count} in quarantine ({', '.join(reasons)}); the user can look at it in Portico."


def _names(servers: frozenset[str]) -> str:
    return ", ".join(plain(server, 60) for server in sorted(servers))


def _who(hub: Hub) -> str:
    if hub.setup is not None and hub.setup.fault is not None:
        return "Nobody can sign in, and every call is denied."  # Why is told with the problems.
    if hub.account is None:
        if hub.configuration.servers:
            return "Portico runs without a company: only servers of your own portico.toml."
        return (
            "Portico knows no company yet. Join yours with `portico setup URL`, or write a server "
            "into portico.toml."
        )
    identity = hub.identity
    if identity is None:
        return (
            "Nobody is signed in. The user signs in once, with Portico's sign-in in the editor or "
            "with `portico login` in a terminal."
        )
    kept = " The sign-in lasts until Portico ends, because there is no keyring to keep it."
    return f"Signed in as {plain(identity.name, 80)}." + (
        kept if hub.account.storage == "memory" else ""
    )


def _offline(hub: Hub) -> list[str]:
    by = hub.horizon.offline
    if by is None:
        return []
    meanwhile = (
        "Servers on this computer work; the lists of all others are from the last time they "
        "answered, and calls of these are refused at once."
    )
    if by == "person":
        return [f"Portico is offline. {meanwhile} The user comes back with `portico --online`."]
    return [f"Nothing beyond this computer answers now. {meanwhile} Portico looks again by itself."]


def _missing(hub: Hub) -> list[str]:
    if hub.account is not None and hub.identity is None:
        return []  # The sign-in comes first; what is missing after it is another question.
    return [
        f"{plain(offering.title, 60)} is not offered: {plain(_reason(offering), 400)}"
        for offering in hub.catalog.offerings.values()
        if offering.standing in {Standing.WITHHELD, Standing.FORBIDDEN}
    ]


def _reason(offering: Offering) -> str:
    """The explanation as it goes on after a colon."""
    said = explanation(offering).removeprefix(NOT_NOW)
    return said[:1].lower() + said[1:]
