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
from proxy.policy.offering import EVERY_TOOL, SURFACES, Owner, ToolRule
from proxy.policy.risk import Confirm, Risk

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA_VERSION = 1
SURFACE = "ide"
"""The word by which `context.surfaces` admits Portico."""

REVIEWS = {
    "security": "security review",
    "legalPrivacy": "legal and privacy review",
    "genai": "GenAI review",
}
"""Key of each review that a server needs -> what people call it."""

NOBODY = frozenset({"(nobody: the groups in the registry cannot be read)"})
"""Stands in for groups that cannot be read; it is no group's name, so it admits nobody."""

_MOST_MINUTES = 10_000
_MODES = ("user-jwt", "mesh-or-user", "none")
_RULE_KEYS = frozenset({"risk", "confirm", "groups", "minutesSaved", "surfaces"})


@dataclass(frozen=True, slots=True)
class Governance:
    """One block, read.

    Attributes:
        refusal: Why the server is offered to nobody today, as a sentence's end after "its" or
            "the"; empty when nothing speaks against it.
        hidden: Whether people without access are not told that the server exists.
        groups: The access groups; empty admits everybody.
        sso: Whether the user's token is sent, of `audience` (empty: the company's) and `scopes`.
    """

    refusal: str
    hidden: bool
    environment: str
    owner: Owner
    groups: frozenset[str]
    sso: bool
    audience: str
    scopes: tuple[str, ...]
    rules: Mapping[str, ToolRule]


def read(block: object, name: str, today: dt.date) -> Governance:
    """What a block says of the server `name`, today."""
    said = _table(block)
    owner, auth, access = _table(said.get("owner")), _table(said.get("auth")), said.get("access")
    groups = _names(_table(access).get("groups"))
    return Governance(
        refusal=_refusal(said, today),
        # Anything but the one open word hides: even a block of another version may do that.
        hidden=said.get("visibility", "explain") != "explain",
        environment=_text(said.get("environment")),
        owner=Owner(*(_text(owner.get(key)) for key in ("team", "contact", "support"))),
        groups=NOBODY if groups is None else groups,
        sso=auth.get("mode") != "none",
        audience=_audience(auth) or "",
        scopes=tuple(sorted(_names(auth.get("scopes", [])) or ())),
        rules=_rules(said.get("tools", {}), name),
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
    if SURFACE not in (_names(_table(said.get("context")).get("surfaces")) or ()):
        return f'it is not meant for editors (context.surfaces does not name "{SURFACE}")'
    if _names(_table(said.get("access")).get("groups")) is None:
        return "its governance block does not say which groups have access"
    if not isinstance(said.get("tools", {}), dict):
        return "the rules of its tools cannot be read"
    return _auth_refusal(_table(said.get("auth")))


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


def _auth_refusal(auth: dict[str, Any]) -> str:
    mode = auth.get("mode")
    if mode == "mesh":
        return 'auth.mode "mesh" admits workloads only, and Portico speaks for a person'
    if mode not in _MODES:
        return f"its auth.mode is {_text(mode) or 'missing'}, which Portico does not know"
    if _audience(auth) is None or _names(auth.get("scopes", [])) is None:
        return "its auth block cannot be read"
    return ""


def _audience(auth: dict[str, Any]) -> str | None:
    """The audience named (`resource` is its older name), "" when none is, None when unreadable."""
    value = auth.get("audience", auth.get("resource", ""))
    readable = isinstance(value, str) and value.isprintable() and " " not in value
    return value if readable else None


def _rules(tools: object, name: str) -> dict[str, ToolRule]:
    return {tool: _rule(said, name, tool) for tool, said in _table(tools).items()}


def _rule(said: object, name: str, tool: str) -> ToolRule:
    """One tool's rule. Whatever is not understood in it makes the tool unknown, always asked."""
    rule = _table(said)
    wrong = sorted(set(rule) - _RULE_KEYS) if isinstance(said, dict) else ["the whole rule"]
    risk, confirm = rule.get("risk", Risk.UNKNOWN), rule.get("confirm", Confirm.RISKY)
    groups = _names(rule.get("groups", []))
    minutes = rule.get("minutesSaved", 0)
    if risk not in tuple(Risk):
        wrong.append("risk")
    if confirm not in tuple(Confirm):
        wrong.append("confirm")
    if groups is None:
        wrong.append("groups")
    surfaces = _names(rule.get("surfaces", sorted(SURFACES)))
    if not surfaces or not surfaces <= SURFACES:
        wrong.append("surfaces")
    if isinstance(minutes, bool) or not isinstance(minutes, int | float):
        minutes = 0
    if not 0 <= minutes <= _MOST_MINUTES:
        # An estimate has no strict side; only the figure is lost.
        minutes = 0
    where = f"registry {name} tools.{plain(tool, 60) if tool != EVERY_TOOL else EVERY_TOOL}"
    if wrong:
        source = f"{where} (not understood: {plain(', '.join(wrong), 100)})"
        return ToolRule(
            Risk.UNKNOWN, Confirm.ALWAYS, NOBODY if groups is None else groups, 0.0, source=source
        )
    return ToolRule(
        Risk(risk),
        Confirm(confirm),
        groups or frozenset(),
        float(minutes),
        surfaces or SURFACES,
        source=where,
    )


def _names(value: object) -> frozenset[str] | None:
    """A list of names; None when it is anything else."""
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        return None
    return frozenset(value)


def _text(value: object) -> str:
    return plain(value, 120) if isinstance(value, str) else ""


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
