"""One rule of a policy, and all that hold for one server.

A rule of a company says deny, ask or allow; one of a user, deny or ask. Whatever a rule does not
name fits it. Where a condition on arguments cannot be decided, the strict answer holds: a rule that
denies or asks fits, and one that allows does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from proxy.plain import plain
from proxy.policy.circumstances import ANYWHERE, Context
from proxy.policy.expression import Undecided, holds
from proxy.policy.lease import USUAL, LeaseLimits
from proxy.policy.pattern import fits
from proxy.policy.risk import Risk, graver
from proxy.policy.ruling import Ruling
from proxy.policy.strength import SURFACES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.policy.circumstances import Circumstances


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        ruling: What it says of the calls that it fits.
        source: Where it stands, for example `policy.toml:12 rules.no-drops`.
        whose: Who says it, as the beginning of a sentence.
        servers: Globs of servers, by short name or by name in the registry; empty means all.
        tools: Globs of the servers' own names of tools; empty means all.
        environments: The environments that it is about, such as `prod`; empty means all.
        reviewed: Whether it is about the registry's servers or the user's own; None means both.
        from_risk: It is about calls of this risk and graver ones.
        groups: Whom it is about: who has one of these groups; empty means everybody.
        hosts: Globs of what asking programs call themselves; empty means all.
        context: The workspaces that it is about.
        unless_groups: Whom it is not about: who has one of these.
        unless_context: The workspaces that it is not about.
        when: A condition on the call, see `proxy.policy.expression`; empty means always.
        risk: The risk that a call has at least; for an allow, the risk that it has.
        surfaces: The kinds of surface whose yes counts.
        lease: The most that one yes may cover; None leaves that to others.
        leased: Whether one yes may cover more than one call at all.
        reason: Why, as a sentence for whoever meets it; empty where nobody wrote one.
        support: Who helps; empty where nobody wrote it.
    """

    ruling: Ruling
    source: str
    whose: str = "A rule"
    servers: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    environments: frozenset[str] = frozenset()
    reviewed: bool | None = None
    from_risk: Risk = Risk.READ
    groups: frozenset[str] = frozenset()
    hosts: tuple[str, ...] = ()
    context: Context = ANYWHERE
    unless_groups: frozenset[str] = frozenset()
    unless_context: Context = ANYWHERE
    when: str = ""
    risk: Risk | None = None
    surfaces: frozenset[str] = SURFACES
    lease: LeaseLimits | None = None
    leased: bool = True
    reason: str = ""
    support: str = ""

    @property
    def of_windows(self) -> bool:
        """Whether it may fit one window of a user and not another."""
        return bool(self.hosts or self.context or self.unless_context)

    def fits_server(self, short: str, name: str, environment: str, *, reviewed: bool) -> bool:
        """Whether it is about a server at all."""
        return (
            (not self.servers or fits(short, self.servers) or fits(name, self.servers))
            and (not self.environments or environment in self.environments)
            and (self.reviewed is None or self.reviewed is reviewed)
        )

    def fits(self, tool: str, risk: Risk, who: Circumstances) -> bool:
        """Whether it is about a tool of such a server, and about whoever calls; `when` aside."""
        # What most rules leave out is asked by identity: this is on the path of every call.
        return (
            (not self.tools or fits(tool, self.tools))
            and (self.from_risk is Risk.READ or graver(risk, self.from_risk) is risk)
            and (not self.groups or not self.groups.isdisjoint(who.groups))
            and (not self.hosts or fits(who.host, self.hosts))
            and (self.context is ANYWHERE or self.context.admits(who.workspace))
            and (not self.unless_groups or self.unless_groups.isdisjoint(who.groups))
            and (
                self.unless_context is ANYWHERE
                or not self.unless_context
                or not self.unless_context.admits(who.workspace)
            )
        )


@dataclass(frozen=True, slots=True)
class Met:
    """How a call meets a rule's condition.

    Attributes:
        fits: Whether the rule holds for the call.
        open: Whether it would take the arguments to say, which are not known.
        why: What was found of the condition, as the end of a sentence; empty without one.
    """

    fits: bool
    open: bool = False
    why: str = ""


ALWAYS: Final = Met(fits=True)


def met(rule: Rule, values: Mapping[str, Any] | None) -> Met:
    """Whether a call meets the condition of a rule that fits it otherwise.

    Args:
        rule: The rule.
        values: What its expression may speak of, or None where the arguments are not known.
    """
    if not rule.when:
        return ALWAYS
    shown = plain(rule.when, 120)
    if values is None:
        return Met(fits=False, open=True, why=f"{shown} depends on the arguments")
    try:
        fitting = holds(rule.when, values)
    except Undecided as why:
        strict = rule.ruling is not Ruling.ALLOW
        end = "so it counts as met" if strict else "so it counts as not met"
        return Met(fits=strict, why=f"{shown} cannot be decided ({why}), {end}")
    return Met(fits=fitting, why=f"{shown} is {str(fitting).lower()}")


@dataclass(frozen=True, slots=True)
class Policy:
    """What the company's policy and the user's say together.

    Attributes:
        refusal: Why it cannot be used, in a sentence: then everything is denied.
        remedy: What helps against that, as a sentence.
        rules: Every rule, the company's before the user's.
        strength: Risk -> the weakest surface that counts at least.
        lease: The most that one yes may cover; None where no lease may be given.
        leased: The risks for which one may be given; never `destructive`.
        tags: Tag -> folders (or globs), or globs of remotes, that have it.
    """

    refusal: str = ""
    remedy: str = "Have your administrator correct it; `portico policy check` shows every problem."
    rules: tuple[Rule, ...] = ()
    strength: Mapping[Risk, str] = field(default_factory=dict)
    lease: LeaseLimits | None = USUAL
    leased: frozenset[Risk] = frozenset(Risk) - {Risk.DESTRUCTIVE}
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NO_POLICY: Final = Policy()
"""What holds where nobody wrote one."""
