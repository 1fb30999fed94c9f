"""A server as this user may meet it: what the registry, the company and the user say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from proxy.policy.circumstances import ANYWHERE, Context
from proxy.policy.risk import Confirm, Risk
from proxy.policy.rule import NO_POLICY
from proxy.policy.strength import SURFACES
from proxy.trust.pin import NO_PINS, CompanyPins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auth.own_sign_in.registration import Registration
    from auth.terms import Way
    from proxy.policy.lease import LeaseLimits
    from proxy.policy.rule import Policy, Rule
    from proxy.program import Program

EVERY_TOOL = "*"
"""The key in `Offering.rules` that speaks for tools without a rule of their own."""


class Standing(StrEnum):
    """Whether the user is offered a server at all."""

    OFFERED = "offered"
    WITHHELD = "withheld"
    """Nobody is offered it now: a review is open or expired, or its entry cannot be understood."""
    FORBIDDEN = "forbidden"
    """Others are offered it; this user lacks a group, and may be told which."""
    SIGN_IN = "sign-in-needed"
    """Nobody is signed in, so nobody knows yet whether the user is offered it."""
    HIDDEN = "hidden"
    """As forbidden, but the user is not told that it exists: it answers like an unknown name."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who runs a server, as the registry names them. Empty strings where it does not."""

    team: str = ""
    contact: str = ""
    support: str = ""


@dataclass(frozen=True, slots=True)
class ToolRule:
    """What the registry or the configuration says of one tool, or of every other one (`*`).

    Attributes:
        risk: The declared risk class.
        confirm: When a person is asked.
        groups: Groups of which the user must have one; empty admits everybody.
        minutes_saved: The owner's estimate for one successful call.
        surfaces: The kinds of surface whose answer counts.
        context: The workspaces that may see the tool; without any pattern, all of them.
        conditions: What the rule says of single calls, by their arguments.
        lease: The most that one yes to it may cover; None leaves that to the company.
        leased: Whether one yes may cover more than one call at all.
        costly: Whether a call costs so much money or capacity that a person is asked like before a
            risky one.
        source: Where the rule stands, for example `registry com.example/presto tools.drop_table`.
    """

    risk: Risk = Risk.UNKNOWN
    confirm: Confirm = Confirm.RISKY
    groups: frozenset[str] = frozenset()
    minutes_saved: float = 0.0
    surfaces: frozenset[str] = SURFACES
    context: Context = ANYWHERE
    conditions: tuple[Rule, ...] = ()
    lease: LeaseLimits | None = None
    leased: bool = True
    costly: bool = False
    source: str = "closed default"


@dataclass(frozen=True, slots=True)
class Offering:
    """One server, as this user may meet it.

    Attributes:
        server: Short name, see `proxy.naming`.
        name: Name in the registry, or the short name again for a hand-written server.
        title: What people call it (from the registry, never from the server).
        url: Its Streamable HTTP endpoint; empty when the entry has none that Portico may use. Where
            it is a program on this machine, the name of exactly that program.
        program: What is started, for a local server.
        headers: What the user has sent to its address; a secret is a reference.
        reviewed: Whether the company's registry lists it.
        standing: Whether this user is offered it, with `reason` in a sentence when not.
        environment: For example `prod`; empty when unknown.
        auth: `sso` sends a token of `audience` (with `scopes`), which comes about in the given
            `way`; `oauth` one of the server's own issuer; `none` sends nothing. `registration` is
            what the server's own issuer knows Portico as.
        rules: Tool name -> rule; `*` speaks for the others; without it the default is closed.
        trust_read_hint: Whether the company trusts this server's own `readOnlyHint` for tools
            that only the closed default or a default risk speaks for.
        allowed_tools: Names or globs of the only tools to offer; empty offers all.
        denied_tools: Names or globs that are never offered.
        context: The workspaces that may see the server; without any pattern, all of them.
        policy: What the company's policy and the user's say of this server.
        pins: The digests of its tools that the company's registry gives.
    """

    server: str
    name: str
    title: str
    url: str
    description: str = ""
    owner: Owner = field(default_factory=Owner)
    reviewed: bool = True
    standing: Standing = Standing.OFFERED
    reason: str = ""
    environment: str = ""
    auth: Literal["none", "sso", "oauth", "mesh"] = "sso"
    way: Way = "refresh"
    audience: str = ""
    scopes: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    rules: Mapping[str, ToolRule] = field(default_factory=dict)
    trust_read_hint: bool = False
    allowed_tools: tuple[str, ...] = ()
    denied_tools: tuple[str, ...] = ()
    program: Program | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    context: Context = ANYWHERE
    policy: Policy = NO_POLICY
    pins: CompanyPins = NO_PINS
    registration: Registration | None = None

    def rule(self, tool: str) -> ToolRule:
        """The rule that speaks for a tool."""
        return self.rules.get(tool) or self.rules.get(EVERY_TOOL) or ToolRule()

    @property
    def placing(self) -> tuple[object, ...]:
        """All by which one window of a user is offered something and another is not."""
        return (
            self.context,
            tuple((tool, rule.context) for tool, rule in self.rules.items() if rule.context),
            tuple(rule for rule in self.policy.rules if rule.of_windows),
        )

    @property
    def placed(self) -> bool:
        """Whether there is anything of that kind."""
        return any(self.placing)

    def spoken(self, tool: str) -> bool:
        """Whether the registry or the configuration says anything of a tool."""
        return tool in self.rules or EVERY_TOOL in self.rules


__all__ = ["EVERY_TOOL", "SURFACES", "Offering", "Owner", "Standing", "ToolRule"]
