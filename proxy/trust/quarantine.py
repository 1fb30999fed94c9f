"""Whether a tool may be offered, by its pin, the company's, and what it says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from proxy.plain import plain
from proxy.trust.fault import (
    Quarantined,
    ServerChanged,
    ToolChanged,
    ToolPoisoned,
    ToolShadows,
    ToolUnreviewed,
)
from proxy.trust.pin import By

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from proxy.trust.flag import Finding
    from proxy.trust.pin import CompanyPins, Pin


class Reason(StrEnum):
    """Why a tool is in quarantine."""

    CHANGED = "changed"
    POISONED = "poisoned"
    UNREVIEWED = "unreviewed"
    SHADOWS = "shadows"
    INSTRUCTIONS = "instructions"


_FAULTS: Final[Mapping[str, type[Quarantined]]] = {
    Reason.CHANGED: ToolChanged,
    Reason.POISONED: ToolPoisoned,
    Reason.UNREVIEWED: ToolUnreviewed,
    Reason.SHADOWS: ToolShadows,
    Reason.INSTRUCTIONS: ServerChanged,
}


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Why a tool is not offered.

    Attributes:
        reason: In a word.
        says: For a person, as sentences; safe to show.
    """

    reason: Reason
    says: str

    @property
    def can_be_accepted(self) -> bool:
        """Whether the user may lift it, and not only the company or the server's owner."""
        return self.reason in {Reason.CHANGED, Reason.POISONED, Reason.INSTRUCTIONS}

    def step(self, server: str, tool: str) -> str:
        """What a person does next, for people alone."""
        if self.reason is Reason.SHADOWS:
            return "The server's owner has to give it a name of its own."
        if self.reason is Reason.UNREVIEWED:
            return "Ask the server's owner to have it reviewed and published in the registry."
        named = plain(server if self.reason is Reason.INSTRUCTIONS else f"{server}.{tool}")
        return f"Look with `portico trust show {named}`, then `portico trust accept {named}`."

    def fault(self, tool: str, title: str) -> Quarantined:
        """What a call of it ends in. What the tool says is not repeated: a model reads this."""
        said = {
            Reason.CHANGED: "is not what it was when it was trusted",
            Reason.POISONED: "has a description that is not to be trusted",
            Reason.UNREVIEWED: "is not what your company reviewed",
            Reason.SHADOWS: "has a name that is easily taken for another tool's",
            Reason.INSTRUCTIONS: "belongs to a server whose instructions changed",
        }[self.reason]
        what = f"{plain(tool, 60)} of {plain(title, 60)}"
        return _FAULTS[self.reason](f"{what} {said}, so it was not called.")


def quarantine(
    found: str,
    pin: Pin | None,
    company: Collection[str] | None,
    findings: Sequence[Finding] = (),
    changed: Sequence[str] = (),
) -> Quarantine | None:
    """Why a tool is not offered; None when it is.

    Args:
        found: The digest of what the server says now.
        pin: The pin that was given to it before, if any.
        company: The digests that the company accepts; None where it leaves that to the first use.
        findings: What is wrong with it; need not be looked for where a pin fits.
        changed: What of it changed since the pin, for people.
    """
    if company is not None:
        # Its word stands above the user's: nobody accepts here what no reviewer accepted.
        vouched = found in company
        return (
            None if vouched else Quarantine(Reason.UNREVIEWED, "Your company has not reviewed it.")
        )
    if pin is not None and pin.digest == found:
        return None
    said = " ".join(finding.sentence() for finding in findings)
    if pin is not None:
        what = f"Changed since it was trusted: {', '.join(changed)}." if changed else "It changed."
        return Quarantine(Reason.CHANGED, f"{what} {said}".strip())
    return Quarantine(Reason.POISONED, said) if findings else None


def company_digests(
    company: CompanyPins, name: str, whole: str, found: str, pin: Pin | None
) -> Collection[str] | None:
    """The digests that the company accepts for one tool; None where it says nothing of tools.

    A company that only gives digests of whole lists has accepted, with each, every tool in it; a
    later list with one tool more blocks that tool and not the others.

    Args:
        company: What the registry says.
        name: The tool.
        whole: The digest of the server's whole list now.
        found: The digest of the tool now.
        pin: The pin that was given to it before, if any.
    """
    if not company.speak_of_tools:
        return None
    accepted = set(company.tools.get(name, ()))
    if whole in company.whole:
        accepted.add(found)
    elif pin is not None and pin.by is By.COMPANY and not company.tools:
        accepted.add(pin.digest)
    return accepted
