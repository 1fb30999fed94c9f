"""A governance block from a server's list of tools, for its owner to review. Pure.

What a tool says of itself is a claim, so a draft is a beginning and no verdict: its reviews are
open, and as long as one is, nobody is offered the server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from proxy.policy.offering import EVERY_TOOL
from proxy.policy.risk import Confirm, Risk
from proxy.registry.governance import REVIEWS, SCHEMA_VERSION, SURFACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proxy.policy.offering import Offering

_HARM = re.compile(
    r"(^|[_./-])(drop|delete|remove|destroy|purge|truncate|wipe|revoke)", re.IGNORECASE
)


def draft(offering: Offering, definitions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A block that the schema takes, with a rule for each tool.

    Args:
        offering: The server; what is known of it is kept.
        definitions: Its tools as it gave them.
    """
    owner = offering.owner
    auth: dict[str, Any] = {"mode": "user-jwt" if offering.auth == "sso" else "none"}
    if offering.auth == "sso" and offering.audience:
        auth["audience"] = offering.audience
    if offering.way != "refresh":
        auth["grant"] = offering.way
    if offering.way == "enterprise" and offering.registration is not None:
        auth["issuer"] = offering.registration.issuer
        if offering.registration.client_id:
            auth["clientId"] = offering.registration.client_id
    named = sorted(
        (tool for tool in definitions if isinstance(tool.get("name"), str)),
        key=lambda tool: str(tool["name"]),
    )
    return {
        "schemaVersion": SCHEMA_VERSION,
        "environment": offering.environment,
        "visibility": "explain",
        "owner": {"team": owner.team, "contact": owner.contact, "support": owner.support},
        "reviews": {key: {"ticket": "", "state": "pending"} for key in REVIEWS},
        "auth": auth,
        "access": {"groups": sorted(offering.groups)},
        "context": {"surfaces": [SURFACE]},
        "tools": {
            **{str(tool["name"]): _rule(tool) for tool in named},
            EVERY_TOOL: {"risk": Risk.UNKNOWN.value, "confirm": Confirm.ALWAYS.value},
        },
    }


def notes(block: Mapping[str, Any]) -> list[str]:
    """What an owner must look at before a draft can be used, as sentences."""
    risks = {name: rule["risk"] for name, rule in block["tools"].items() if name != EVERY_TOOL}
    counts = [
        f"{len(names)} {risk} ({', '.join(names)})"
        for risk in Risk
        if (names := [name for name, said in risks.items() if said == risk])
    ]
    said = [f"Tools by what they say of themselves: {'; '.join(counts) or 'none'}."]
    if Risk.UNKNOWN in risks.values():
        said.append("Class every unknown tool: it says nothing of itself, and is asked about.")
    if Risk.READ in risks.values():
        said.append("Look at every read: what reads personal or secret data is sensitive-read.")
    if not block["access"]["groups"]:
        said.append("access.groups is empty, which admits everybody.")
    if not block["owner"]["team"]:
        said.append("Name the owner: people who are denied something are sent there.")
    said.append("The reviews are pending; nobody is offered the server until they are approved.")
    return said


def _rule(tool: Mapping[str, Any]) -> dict[str, Any]:
    risk = claimed(tool)
    return {"risk": risk.value, **({"confirm": "always"} if risk is Risk.DESTRUCTIVE else {})}


def claimed(tool: Mapping[str, Any]) -> Risk:
    """What a tool says it can do; where its name says worse, or it says nothing, the worse."""
    hints = tool.get("annotations")
    hints = hints if isinstance(hints, dict) else {}
    if hints.get("destructiveHint") is True or _HARM.search(str(tool.get("name", ""))):
        return Risk.DESTRUCTIVE
    if hints.get("readOnlyHint") is True:
        return Risk.READ
    if hints.get("readOnlyHint") is False or hints.get("destructiveHint") is False:
        return Risk.WRITE
    return Risk.UNKNOWN
