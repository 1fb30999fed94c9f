"""Which set-up holds on this machine: the administrator's, else the one that a person accepted."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

from auth.fault import Fault
from proxy.configuration.company_policy import ADMINISTRATORS
from proxy.plain import plain
from proxy.setup.difference import difference
from proxy.setup.fault import SetupChanged
from proxy.setup.managed import MANAGED, load_managed
from proxy.setup.source import fetch, follow

if TYPE_CHECKING:
    from auth.network import Network
    from proxy.setup.document import Setup
    from proxy.setup.kept import Held, Kept
    from proxy.setup.source import Offered

log = logging.getLogger("portico.setup")


class CompanySetup:
    """The set-up of one home, as long as a hub lives.

    Args:
        kept: The one that a person accepted.
        managed: Where the administrator's stands; empty where there is none to look for.
        administrators: To whom that may belong.

    Attributes:
        setup: What holds; None without a set-up.
        held: The accepted one, where it is that.
        source: Whose word it is.
        fault: Why it must not count, so that everything is denied.
        news: What the person must know about the address it came from: a later one, or trouble.
    """

    def __init__(
        self, kept: Kept, managed: str = MANAGED, administrators: frozenset[int] = ADMINISTRATORS
    ) -> None:
        self.kept = kept
        self._managed = managed
        self._administrators = administrators
        self.setup: Setup | None = None
        self.held: Held | None = None
        self.source: Literal["none", "administrator", "accepted"] = "none"
        self.fault: Fault | None = None
        self.news: Fault | None = None

    def load(self) -> Setup | None:
        """Read what there is, without asking the keyring; a fault is kept in `fault`."""
        try:
            if self._managed:
                self.setup = load_managed(self._managed, self._administrators)
            self.source = "administrator" if self.setup is not None else "none"
            if self.setup is None:
                self.held = self.kept.load()
        except Fault as fault:
            self.fault = fault
            return None
        if self.held is not None:
            self.setup, self.source = self.held.setup, "accepted"
        return self.setup

    async def confirm(self) -> Fault | None:
        """Have the keyring say whether an accepted set-up is that one; the fault if it is not."""
        if self.fault is None and self.source != "administrator":
            self.fault = await self.kept.confirm(self.held)
        return self.fault

    async def look(self, network: Network) -> None:
        """Ask the address it came from for a later one. Nothing of that counts before a yes."""
        held = self.held
        if held is None or self.fault is not None:
            return
        try:
            offered = await fetch(held.url, network)
            if not follow(held, offered):
                self.news = None
                return
            count = len(difference(held.setup, offered.setup))
        except Fault as fault:
            log.info("set-up: %s", fault.reference)
            # An address that does not answer is no news; one that serves another's word is.
            self.news = None if fault.reference == "unreachable" else fault
            return
        if not count:
            # Nothing to look at but its number, which keeps the older ones out.
            await self._follow_quietly(offered)
            return
        what = "1 thing differs" if count == 1 else f"{count} things differ"
        name = plain(held.setup.company.name, 80)
        self.news = SetupChanged(f"The set-up of {name} has changed: {what}. The old one holds.")

    async def _follow_quietly(self, offered: Offered) -> None:
        self.news = None
        try:
            self.held = await self.kept.accept(
                offered.setup, offered.url, offered.key, offered.signed
            )
        except OSError as full:
            log.warning("the later set-up could not be kept: %s", full)
