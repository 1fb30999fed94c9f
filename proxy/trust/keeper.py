"""The pins of one user, and what they say of each list that a server sends.

A list is looked at once, when it arrives and is another one than before; what a call is judged by
afterwards is one look into a table. A text that a pin fits is not searched for poison again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proxy.trust import poison
from proxy.trust.difference import changed
from proxy.trust.digest import digest, of_all, of_text, pinned
from proxy.trust.pin import INSTRUCTIONS, By, Pin
from proxy.trust.quarantine import Quarantine, Reason, company_digests, quarantine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from proxy.policy.offering import Offering
    from proxy.trust.flag import Finding
    from proxy.trust.store import Store

log = logging.getLogger("portico.trust")

_TEXT = "instructions"


@dataclass(frozen=True, slots=True)
class Met:
    """What a look at one server's list found.

    Attributes:
        quarantined: Tool -> why it is not offered.
        ordered_about: Tool -> names about which it gives orders; whose they are is not known yet.
        digests: Tool -> the digest of what it is now; `INSTRUCTIONS` for the server's own.
    """

    quarantined: Mapping[str, Quarantine] = field(default_factory=dict)
    ordered_about: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    def fits(self, instructions: str) -> bool:
        """Whether it was these instructions that were looked at, in this hub's life."""
        return self.digests.get(INSTRUCTIONS) == of_text(instructions)


def ill(key: str, listed: Sequence[Mapping[str, Any]]) -> dict[str, Quarantine]:
    """Which of a server's prompts or resources are not offered, and why.

    They get no pin: what they say is read when somebody asks for them, and not before every call.

    Args:
        key: The field by which they are asked for.
        listed: Their definitions.
    """
    found: dict[str, Quarantine] = {}
    for definition in listed:
        findings = poison.findings(definition)
        if findings and isinstance(named := definition.get(key), str):
            said = " ".join(finding.sentence() for finding in findings)
            found[named] = Quarantine(Reason.POISONED, said)
    return found


class Keeper:
    """The pins of whoever is signed in.

    Args:
        store: Where they are kept.
        clock: Unix seconds.

    Attributes:
        blocked: Told of each server, tool and reason that is in quarantine anew.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._identity = ""
        self._pins: dict[str, tuple[str, dict[str, Pin]]] = {}
        self._told: set[tuple[str, str, str]] = set()
        self.blocked: Callable[[str, str, Quarantine], None] = lambda _, __, ___: None

    def adopt(self, identity: str) -> None:
        """Go on with the pins of this user, see `auth.identity.Identity.key`."""
        if identity != self._identity:
            self._identity = identity
            self._pins.clear()
            self._told.clear()

    def pins(self, offering: Offering) -> Mapping[str, Pin]:
        """The pins of one server."""
        return self._of(offering)

    def trusted(self, offering: Offering, tool: str) -> dict[str, Any]:
        """The definition that a tool's pin was given to; empty when there is none."""
        held = self._store.trusted(self._identity, offering.server).get(tool)
        return held if isinstance(held, dict) else {}

    # --- looking -----------------------------------------------------------------------------

    def meet(
        self, offering: Offering, tools: Sequence[Mapping[str, Any]], instructions: str
    ) -> Met:
        """Look at what a server lists now, and give pins to what may have them."""
        named: dict[str, Mapping[str, Any]] = {}
        for tool in tools:
            if isinstance(name := tool.get("name"), str) and name != INSTRUCTIONS:
                named.setdefault(name, tool)  # A server that gives a name twice means the first.
        digests = {name: digest(tool) for name, tool in named.items()}
        look = _Look(self, offering, digests, of_all(digests))
        for name, tool in named.items():
            look.at_tool(name, tool)
        digests[INSTRUCTIONS] = of_text(instructions)
        ill = look.at_instructions(instructions)
        if ill is not None:
            look.quarantined = {name: look.quarantined.get(name, ill) for name in named}
        self._keep(offering, look.fresh, named, instructions)
        self._tell(offering.server, look.quarantined)
        return Met(look.quarantined, look.ordered_about, digests)

    # --- accepting ---------------------------------------------------------------------------

    def accept(self, offering: Offering, tool: str, now: Mapping[str, Any]) -> None:
        """Pin what a person accepted.

        Args:
            offering: The server.
            tool: The tool, or `INSTRUCTIONS`.
            now: Its definition; of instructions, `{"instructions": text}`.
        """
        about = poison.ordered_about(now)
        found = of_text(str(now.get(_TEXT, ""))) if tool == INSTRUCTIONS else digest(now)
        pin = Pin(found, self._clock(), By.PERSON, poison.VERSION, about)
        text = str(now.get(_TEXT, ""))
        self._keep(offering, {tool: pin}, {tool: now}, text)

    def _of(self, offering: Offering) -> dict[str, Pin]:
        held = self._pins.get(offering.server)
        if held is None or held[0] != offering.name:
            found = self._store.load(self._identity, offering.server, offering.name)
            held = self._pins[offering.server] = (offering.name, found)
        return held[1]

    def _keep(
        self,
        offering: Offering,
        fresh: Mapping[str, Pin],
        named: Mapping[str, Mapping[str, Any]],
        instructions: str,
    ) -> None:
        if not fresh:
            return
        pins = self._of(offering)
        pins.update(fresh)
        trusted = self._store.trusted(self._identity, offering.server)
        for name in fresh:
            trusted[name] = {_TEXT: instructions} if name == INSTRUCTIONS else pinned(named[name])
        try:
            self._store.save(self._identity, offering.server, offering.name, pins, trusted)
        except OSError as wrong:
            # They hold for this hub's life; the next one meets the server anew.
            log.warning("the pins of %s could not be saved: %s", offering.server, wrong.strerror)

    def _tell(self, server: str, quarantined: Mapping[str, Quarantine]) -> None:
        """Say once what is blocked, and once more when it is blocked again."""
        now = {(server, tool, ill.reason.value) for tool, ill in quarantined.items()}
        for _, tool, _ in sorted(now - self._told):
            self.blocked(server, tool, quarantined[tool])
        self._told = {one for one in self._told if one[0] != server} | now


class _Look:
    """One look at one list.

    Args:
        keeper: Whose pins count.
        offering: The server.
        digests: Tool -> its digest now.
        whole: The digest of the list.
    """

    def __init__(
        self, keeper: Keeper, offering: Offering, digests: Mapping[str, str], whole: str
    ) -> None:
        self._keeper = keeper
        self._offering = offering
        self._digests = digests
        self._whole = whole
        self._pins = keeper.pins(offering)
        self.fresh: dict[str, Pin] = {}
        self.quarantined: dict[str, Quarantine] = {}
        self.ordered_about: dict[str, tuple[str, ...]] = {}

    def at_tool(self, name: str, tool: Mapping[str, Any]) -> None:
        """Quarantine a tool, or give it a pin, or find that it has the right one."""
        found, pin = self._digests[name], self._pins.get(name)
        company = company_digests(self._offering.pins, name, self._whole, found, pin)
        fits = pin is not None and pin.digest == found and not self._outdated(pin)
        findings = () if fits or (company and found in company) else poison.findings(tool)
        before = self._keeper.trusted(self._offering, name) if pin and not fits else {}
        # A pin of the first use does not outlive a look by which it would not have been given.
        held = None if pin is not None and self._outdated(pin) and findings else pin
        ill = quarantine(found, held, company, findings, changed(before, tool) if before else ())
        if ill is not None:
            self.quarantined[name] = ill
            return
        self._grant(name, found, pin, poison.ordered_about(tool) if not fits else None, company)

    def at_instructions(self, text: str) -> Quarantine | None:
        """The same for the server's instructions, for which the whole server answers."""
        found, pin = of_text(text), self._pins.get(INSTRUCTIONS)
        company = self._offering.pins.instructions or None
        fits = pin is not None and pin.digest == found and not self._outdated(pin)
        findings: Sequence[Finding] = ()
        if text and not fits and not (company and found in company):
            findings = poison.in_text(_TEXT, text)
        held = None if pin is not None and self._outdated(pin) and findings else pin
        ill = quarantine(found, held, company, findings)
        if ill is None:
            self._grant(INSTRUCTIONS, found, pin, (), company)
            return None
        if ill.reason is Reason.UNREVIEWED:
            return ill
        says = "The server's instructions changed since they were trusted."
        if ill.reason is Reason.POISONED:
            says = " ".join(finding.sentence() for finding in findings)
        return Quarantine(
            Reason.INSTRUCTIONS, says.replace("Its instructions", "Its server's instructions")
        )

    def _outdated(self, pin: Pin) -> bool:
        return pin.by is By.FIRST_USE and pin.version != poison.VERSION

    def _grant(
        self,
        name: str,
        found: str,
        pin: Pin | None,
        about: tuple[str, ...] | None,
        company: object,
    ) -> None:
        by = By.COMPANY if company is not None else By.FIRST_USE
        if about is None and pin is not None:
            about = pin.ordered_about
        if (
            pin is None
            or pin.digest != found
            or self._outdated(pin)
            or (by is By.COMPANY and pin.by is not By.COMPANY)
        ):
            now = self._keeper._clock()  # noqa: SLF001 - one thing in two classes.
            self.fresh[name] = Pin(found, now, by, poison.VERSION, about or ())
        if about:
            self.ordered_about[name] = about
