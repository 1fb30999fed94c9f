"""The governance block: what the company decided about one server, read with closed defaults.

`docs/governance.schema.json` is its published form and `docs/registry.md` its page. A block is
never refused halfway: what cannot be understood makes the server withheld, the tool asked about or
the group unreachable, whichever is the strict side of that key.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proxy.plain import plain
from proxy.policy.circumstances import ANYWHERE
from proxy.policy.offering import Owner
from proxy.registry.auth_block import (
    WITHOUT_GRANT,
    audience,
    auth_refusal,
    header,
    registration,
    way,
)
from proxy.registry.pins import read_pins
from proxy.registry.tool_rule import NOBODY, names, rule, workspaces
from proxy.trust.pin import NO_PINS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auth.own_sign_in.registration import Registration
    from auth.terms import Way
    from proxy.policy.circumstances import Context
    from proxy.policy.offering import ToolRule
    from proxy.trust.pin import CompanyPins

SCHEMA_VERSION = 1
SURFACE = "ide"
"""The word by which `context.surfaces` admits Portico."""

REVIEWS = {
    "security": "security review",
    "legalPrivacy": "legal and privacy review",
    "genai": "GenAI review",
}
"""Key of each review that a server needs -> what people call it."""


@dataclass(frozen=True, slots=True)
class Governance:
    """One block, read.

    Attributes:
        refusal: Why the server is offered to nobody today, as a sentence's end after "its" or
            "the"; empty when nothing speaks against it.
        hidden: Whether people without access are not told that the server exists.
        groups: The access groups; empty admits everybody.
        context: The workspaces that may see the server.
        sso: Whether the user's token is sent, of `audience` (empty: the company's) and `scopes`,
            which comes about in the given `way`.
        mesh: Whether it admits workloads alone, by their certificate.
        registration: How Portico is known to the server's own issuer, where it has one.
        header: The header that the server wants of each user; empty for none.
        pins: The digests that a reviewer accepted.
    """

    refusal: str
    hidden: bool
    environment: str
    owner: Owner
    groups: frozenset[str]
    sso: bool
    way: Way
    audience: str
    scopes: tuple[str, ...]
    rules: Mapping[str, ToolRule]
    context: Context
    mesh: bool = False
    pins: CompanyPins = NO_PINS
    registration: Registration | None = None
    header: str = ""


def read(block: object, name: str, today: dt.date) -> Governance:
    """What a block says of the server `name`, today."""
    said = _table(block)
    owner, auth, access = _table(said.get("owner")), _table(said.get("auth")), said.get("access")
    groups = names(_table(access).get("groups"))
    return Governance(
        refusal=_refusal(said, today),
        # Anything but the one open word hides: even a block of another version may do that.
        hidden=said.get("visibility", "explain") != "explain",
        environment=_text(said.get("environment")),
        owner=Owner(*(_text(owner.get(key)) for key in ("team", "contact", "support"))),
        groups=NOBODY if groups is None else groups,
        sso=auth.get("mode") not in WITHOUT_GRANT,
        mesh=auth.get("mode") == "mesh",
        way=way(auth) or "refresh",
        audience=audience(auth) or "",
        scopes=tuple(sorted(names(auth.get("scopes", [])) or ())),
        rules=_rules(said.get("tools", {}), name),
        context=_context(_table(said.get("context"))),
        pins=read_pins(said.get("pins")) or NO_PINS,
        registration=registration(auth),
        header=header(auth),
    )


def _refusal(said: dict[str, Any], today: dt.date) -> str:
    version = said.get("schemaVersion")
    if type(version) is not int or version != SCHEMA_VERSION:
        shown = plain(str(version), 20) if type(version) is int else "unreadable"
        return f"its governance block has schemaVersion {shown}, which this Portico does not know"
    for key, title in REVIEWS.items():
        open_review = _open_review(_table(_table(said.get("reviews")).get(key)), title, today)
        if open_review:
            return open_review
    if SURFACE not in (names(_table(said.get("context")).get("surfaces")) or ()):
        return f'it is not meant for editors (context.surfaces does not name "{SURFACE}")'
    if names(_table(said.get("access")).get("groups")) is None:
        return "its governance block does not say which groups have access"
    return _unread(said) or auth_refusal(_table(said.get("auth")))


def _unread(said: dict[str, Any]) -> str:
    if not isinstance(said.get("tools", {}), dict):
        return "the rules of its tools cannot be read"
    return "" if read_pins(said.get("pins")) is not None else "its pins cannot be read"


def _open_review(review: dict[str, Any], title: str, today: dt.date) -> str:
    named = " ".join(filter(None, (title, _text(review.get("ticket")))))
    if review.get("state") != "approved":
        return f"its {named} is {_text(review.get('state')) or 'missing'}"
    if "expires" not in review:
        return ""
    try:
        expires = dt.date.fromisoformat(review["expires"])
    except (TypeError, ValueError):
        return f"the end of its {named} cannot be read"
    return f"its {named} expired on {expires}" if expires < today else ""


def _context(context: dict[str, Any]) -> Context:
    return workspaces(context["workspaces"]) if "workspaces" in context else ANYWHERE


def _rules(tools: object, name: str) -> dict[str, ToolRule]:
    return {tool: rule(said, name, tool) for tool, said in _table(tools).items()}


def _text(value: object) -> str:
    return plain(value, 120) if isinstance(value, str) else ""


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
