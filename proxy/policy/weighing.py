"""What all rules together say of a call that no gate stopped.

The registry's rule for the tool speaks first, the tool's own annotations may make it graver, and
the rules of the company and of the user may make it stricter. The strictest word is the verdict.
Only where nothing speaks for a tool, a company's allow speaks; and where that is silent too, a
person is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from proxy.policy.gate import support
from proxy.policy.offering import ToolRule
from proxy.policy.risk import DOES, RISKY, Confirm, Risk, graver
from proxy.policy.rule import ALWAYS, met
from proxy.policy.ruling import STERNNESS, Ruling, Step, Verdict
from proxy.policy.strength import LEAST, ORDER, at_least, stronger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from proxy.policy.circumstances import Circumstances
    from proxy.policy.lease import LeaseLimits
    from proxy.policy.offering import Offering
    from proxy.policy.rule import Met, Rule


def weigh(
    offering: Offering,
    tool: str,
    definition: Mapping[str, Any],
    who: Circumstances,
    way: list[Step] | None,
) -> Verdict:
    """The verdict on a call that no gate stopped; each step is added to `way`, where there is one.

    Args:
        offering: The server.
        tool: The server's own name of the tool.
        definition: The tool as the server itself gave it.
        who: Who calls, from where, with what.
        way: Takes the steps.
    """
    return _Weighing(offering, tool, definition, who, way).verdict()


@dataclass(slots=True)
class _Weighing:
    offering: Offering
    tool: str
    definition: Mapping[str, Any]
    who: Circumstances
    way: list[Step] | None
    known: dict[str, Any] | None = None
    open: bool = False
    fitting: list[Rule] = field(default_factory=list)

    def verdict(self) -> Verdict:
        rule = self._speaking()
        risk, because = _risk(self.offering, rule, self.definition)
        confirm = _confirm(self.offering, rule, risk)
        risky = risk in RISKY or rule.costly
        asks = confirm is Confirm.ALWAYS or (confirm is Confirm.RISKY and risky)
        reason = f"A {risk} call, {because}."
        if asks:
            reason = _because(risk, because, confirm, costly=rule.costly)
        verdict = Verdict(Ruling.ASK if asks else Ruling.ALLOW, risk, rule.source, reason)
        self._step("tool", verdict.ruling, rule.source, reason)
        if rule.conditions or self.offering.policy.rules:
            verdict = self._restricted(rule, verdict)
        return self._asking(rule, confirm, verdict) if verdict.ruling is Ruling.ASK else verdict

    # --- who speaks --------------------------------------------------------------------------

    def _speaking(self) -> ToolRule:
        """The rule for the tool; where nobody wrote one, what the company allows, if anything."""
        rule = self.offering.rule(self.tool)
        if self.offering.spoken(self.tool):
            return rule
        for said in self.offering.policy.rules:
            if said.ruling is not Ruling.ALLOW or said.risk is None:
                continue
            graver_one = (
                rule.confirm is not Confirm.NEVER or graver(said.risk, rule.risk) is not rule.risk
            )
            if graver_one and self._fits(said, Risk.UNKNOWN):
                rule = ToolRule(
                    said.risk, Confirm.NEVER, surfaces=said.surfaces, source=said.source
                )
        return rule

    def _restricted(self, rule: ToolRule, verdict: Verdict) -> Verdict:
        """The verdict, as much stricter as the fitting rules make it."""
        base, ruling, decided = verdict.risk, verdict.ruling, verdict
        risk = base
        for said in self._said(rule):
            found = self._met(said, base)
            if found is None or not found.fits:
                continue
            self.fitting.append(said)
            risk = graver(risk, said.risk) if said.risk is not None else risk
            if STERNNESS.index(said.ruling) > STERNNESS.index(ruling):
                ruling = said.ruling
                decided = self._decided(said, found, base)
        return replace(decided, risk=risk, open=self.open)

    def _said(self, rule: ToolRule) -> Iterator[Rule]:
        yield from rule.conditions
        for said in self.offering.policy.rules:
            if said.ruling is not Ruling.ALLOW:
                yield said

    def _decided(self, said: Rule, found: Met, risk: Risk) -> Verdict:
        verb = "denies" if said.ruling is Ruling.DENY else "asks about"
        reason = said.reason or f"{said.whose} {verb} this call" + (
            f": {found.why}." if found.why else "."
        )
        remedy = ""
        if said.ruling is Ruling.DENY:
            remedy = f"Ask {said.support}." if said.support else support(self.offering)
        return Verdict(said.ruling, risk, said.source, reason, remedy=remedy)

    # --- conditions --------------------------------------------------------------------------

    def _fits(self, said: Rule, risk: Risk) -> bool:
        found = self._met(said, risk)
        return found is not None and found.fits

    def _met(self, said: Rule, risk: Risk) -> Met | None:
        """How the call meets a rule; None where the rule is not about it."""
        if not said.fits(self.tool, risk, self.who):
            return None
        found = met(said, self._values()) if said.when else ALWAYS
        self.open = self.open or (found.open and said.ruling is not Ruling.ALLOW)
        if self.way is not None:
            finding = found.why or said.reason or "It fits every such call."
            self._step("rule", said.ruling if found.fits else None, said.source, finding)
        return found

    def _values(self) -> Mapping[str, Any] | None:
        """What an expression may speak of, or None where the arguments are not known."""
        who = self.who
        if who.arguments is None:
            return None
        if self.known is None:
            self.known = {
                "args": who.arguments,
                "server": self.offering.server,
                "tool": self.tool,
                "environment": self.offering.environment,
                "user": who.user,
                "groups": sorted(who.groups),
                "host": who.host,
                "workspace": who.workspace.paths[0] if who.workspace.paths else "",
                "remotes": sorted(who.workspace.remotes),
                "tags": sorted(who.workspace.tags),
            }
        return self.known

    # --- how a person is asked ---------------------------------------------------------------

    def _asking(self, rule: ToolRule, confirm: Confirm, verdict: Verdict) -> Verdict:
        least = LEAST[verdict.risk]
        demanded = self.offering.policy.strength.get(verdict.risk)
        least = stronger(least, demanded) if demanded else least
        surfaces = rule.surfaces & at_least(least)
        for said in self.fitting:
            surfaces &= said.surfaces
        lease = self._lease(rule, confirm, verdict.risk)
        if surfaces:
            self._step("surfaces", None, "", f"A yes counts from {_listed(surfaces)}.")
            return replace(verdict, surfaces=surfaces, lease=lease)
        reason = (
            f"{verdict.reason} No surface is left where a yes would count: the rules that hold "
            "for it name none in common."
        )
        self._step("surfaces", Ruling.DENY, verdict.rule, reason)
        return replace(
            verdict,
            ruling=Ruling.DENY,
            reason=reason,
            remedy=support(self.offering),
            surfaces=surfaces,
        )

    def _lease(self, rule: ToolRule, confirm: Confirm, risk: Risk) -> LeaseLimits | None:
        """The most that one yes may cover: what everybody allows who says something of it."""
        policy, limit = self.offering.policy, self.offering.policy.lease
        if (
            limit is None
            or risk is Risk.DESTRUCTIVE
            or risk not in policy.leased
            or confirm is Confirm.ALWAYS
        ):
            return None
        said = [(rule.leased, rule.lease), *((one.leased, one.lease) for one in self.fitting)]
        for leased, narrower in said:
            if not leased:
                return None
            limit = limit & narrower if narrower is not None else limit
        return limit

    def _step(self, name: str, ruling: Ruling | None, rule: str, finding: str) -> None:
        if self.way is not None:
            self.way.append(Step(name, ruling, rule, finding))


def _confirm(offering: Offering, rule: ToolRule, risk: Risk) -> Confirm:
    waived = rule.confirm is Confirm.NEVER
    if waived and offering.reviewed and (risk is Risk.UNKNOWN or risk is not rule.risk):
        # The registry waived what it knows; nobody waived what the tool itself adds to that.
        return Confirm.RISKY
    return rule.confirm


def _risk(offering: Offering, rule: ToolRule, definition: Mapping[str, Any]) -> tuple[Risk, str]:
    """The risk of a tool, and who says so. Annotations are claims: they only make it graver."""
    hints = definition.get("annotations")
    hints = hints if isinstance(hints, dict) else {}
    reads = hints.get("readOnlyHint")
    declared = f"says {_speaker(rule.source)}"
    if reads is True:
        named = definition.get("name") in offering.rules
        if offering.trust_read_hint and not named and hints.get("destructiveHint") is not True:
            return Risk.READ, "says the server, whose hint your company trusts"
    if hints.get("destructiveHint") is True and reads is not True:
        return graver(rule.risk, Risk.DESTRUCTIVE), (
            declared if rule.risk is Risk.DESTRUCTIVE else "says the server itself"
        )
    if reads is False and graver(rule.risk, Risk.WRITE) is not rule.risk:
        return Risk.WRITE, "says the server itself"
    return rule.risk, declared


def _speaker(source: str) -> str:
    """Who speaks, for people; a verdict's `rule` has the place, which would only repeat here."""
    return "the registry" if source.startswith("registry ") else source


def _because(risk: Risk, because: str, confirm: Confirm, *, costly: bool) -> str:
    if risk is Risk.UNKNOWN:
        return "Nobody has said yet what this tool can do."
    if costly:
        return f"This call {DOES[risk]} and is costly, {because}."
    if confirm is Confirm.ALWAYS and risk not in RISKY:
        return f"Every call of this tool is asked about; it {DOES[risk]}, {because}."
    return f"This call {DOES[risk]}, {because}."


def _listed(surfaces: frozenset[str]) -> str:
    return " or ".join(kind for kind in ORDER if kind in surfaces)
