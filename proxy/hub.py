"""The hub: what all windows of one user share.

It holds the parts and keeps them in step: who is signed in decides which servers are offered,
which decides what the catalog holds. Fronts talk to this object; it knows nothing of protocols.
What goes on behind the windows is in `proxy.upkeep`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from typing import TYPE_CHECKING, Any

from proxy.catalog.feature import Feature
from proxy.catalog.view import EVERYTHING
from proxy.configuration.company_policy import CompanyPolicy
from proxy.offline import Horizon, silent
from proxy.plain import plain
from proxy.policy.joining import joined, under
from proxy.policy.rule import Policy
from proxy.registry import offerings
from proxy.surroundings import take_bus, take_mesh
from proxy.upkeep import Upkeep
from proxy.user import User, no_company
from proxy.workspace import look

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from auth.account import Account
    from auth.fault import Fault
    from auth.identity import Identity
    from auth.network import Network
    from proxy.approval import Desk, Pairings
    from proxy.audit import Journal
    from proxy.catalog import Catalog
    from proxy.catalog.view import View
    from proxy.configuration import Configuration
    from proxy.exchange.call import Call
    from proxy.exchange.exchange import Exchanges
    from proxy.kept_secrets import KeptSecrets
    from proxy.offline import Switch
    from proxy.own_sign_in import OwnSignIns
    from proxy.policy.circumstances import Workspace
    from proxy.policy.offering import Offering
    from proxy.registry import Listing, Registry
    from proxy.remembered import Remembered
    from proxy.session import Session, Sessions
    from proxy.setup.company_setup import CompanySetup
    from proxy.subscriptions import Subscriptions
    from proxy.trust.acceptance import Acceptance

log = logging.getLogger("portico.hub")

FIRST_ANSWER = 5.0
"""Seconds a first list waits for what was never seen before."""


class Hub:
    """One user's hub.

    Args:
        configuration: What portico.toml says.
        problems: What is wrong with this hub from its birth on, for example a broken portico.toml.
        account: The sign-in, or None without a company.
        own_sign_ins: Those of servers that run their own OAuth.
        secrets: What the user's own servers need, sealed.
        network: How the company is reached.
        registry: The company's registry, or None.
        switch: A person's word that Portico is offline.
        clock: Unix seconds.
        company_policy: What an administrator put on this machine; none in a test.
        home: The user's home folder.
        setup: What the company set up on this machine; nothing in a test.
    """

    def __init__(
        self,
        *,
        configuration: Configuration,
        problems: list[Fault],
        network: Network,
        sessions: Sessions,
        account: Account | None,
        own_sign_ins: OwnSignIns,
        secrets: KeptSecrets,
        remembered: Remembered,
        registry: Registry | None,
        catalog: Catalog,
        desk: Desk,
        pairings: Pairings,
        journal: Journal,
        switch: Switch,
        clock: Callable[[], float],
        company_policy: CompanyPolicy | None = None,
        home: str = "",
        setup: CompanySetup | None = None,
    ) -> None:
        self.company_policy = company_policy or CompanyPolicy(path="")
        self.setup = setup
        self._home = home
        self.configuration = configuration
        self.problems = problems
        self.exchanges: Exchanges
        self.subscriptions: Subscriptions
        self.acceptance: Acceptance
        self.network = network
        self.workload: Network | None = None
        """The way to servers that know this machine by its certificate, once one was met."""
        self.sessions = sessions
        self.account = account
        self.own_sign_ins = own_sign_ins
        self.secrets = secrets
        self.catalog = catalog
        self.desk = desk
        self.pairings = pairings
        self.page: Callable[[], Awaitable[str]]
        """The address of the page on which people answer; it is served from then on."""
        self.close_page: Callable[[], Awaitable[None]] = _closed
        self.journal = journal
        self.clock = clock
        self.listing: Listing | None = None
        self.registry_fault: Fault | None = None
        self.needed = asyncio.Event()
        """Set when something waits for what the background brings."""
        self.registry = registry
        self.switch = switch
        self.horizon = Horizon(
            switch,
            failed=lambda server: catalog.state(server)[2] is not None,
            silent=self._silent,
            look_again=self._look_again,
        )
        catalog.reached = self._reached
        self.upkeep = Upkeep(self)
        self.user = User(self, remembered)

    @property
    def identity(self) -> Identity | None:
        """Who is signed in; until the sealed sign-in is open, who was signed in last."""
        return self.user.identity

    # --- birth and death ---------------------------------------------------------------------

    def start(self) -> None:
        """Fill the catalog from what the disk remembers and begin the upkeep; waits for nobody."""
        self.user.recall()
        self.company_policy.look()
        self.switch.look()
        self.adopt()
        self.upkeep.begin()

    async def aclose(self) -> None:
        """Stop the upkeep, save the snapshot, close every upstream and the audit."""
        await self.upkeep.end()
        self.subscriptions.close()
        await self.close_page()
        await self.catalog.aclose()
        if self.account is not None:
            await self.account.aclose()
        await self.own_sign_ins.aclose()
        if self.workload is not None:
            await self.workload.aclose()
        await self.network.aclose()
        await self.journal.close()

    def meet_window(self, session: Session) -> None:
        """Take from a window what only a window knows: the session bus and the proxies."""
        take_bus(session.settings)
        take_mesh(session.settings)
        self.network.suggest(session.settings)

    # --- what fronts ask ---------------------------------------------------------------------

    async def listed(
        self, feature: Feature = Feature.TOOLS, view: View = EVERYTHING
    ) -> list[dict[str, Any]]:
        """A public list, as far as a view shows it.

        From the snapshot without waiting for anyone; where a server was never seen, the first list
        waits until `FIRST_ANSWER` for whoever answers, and no later one waits for it again.
        """
        self.follow_policy()
        if self.blank(feature):
            self.needed.set()
            try:
                async with asyncio.timeout(FIRST_ANSWER):
                    await self.user.certain.wait()
                    if self.blank(feature):
                        await self.upkeep.settled.wait()
                        await self.catalog.ready(feature)
            except TimeoutError:
                self.catalog.leave()
                log.info("the first list left without those that did not answer in time")
        self.catalog.look_again()
        return self.catalog.listed(feature, view)

    async def call(self, call: Call) -> dict[str, Any]:
        """Run one call to its outcome, see `Exchanges.call`."""
        await self.loaded()
        self.follow_policy()
        await self.know(call.session)
        envelope = await self.exchanges.call(call)
        chaos = call.session.chaos
        return envelope if chaos is None else chaos.marked(envelope)

    async def know(self, session: Session) -> None:
        """Look at a window's workspace, once for each that it names.

        What a window's repository says is taken when the workspace becomes known and then stands:
        a program that works in it cannot give it another remote between two calls.
        """
        folder = session.workspace
        if folder == session.place_of:
            return
        place = await self.place(folder)
        if folder == session.workspace:
            session.place, session.place_of = place, folder

    async def place(self, folder: str | None) -> Workspace:
        """What rules may say of a folder, as it is on disk now."""
        return await asyncio.to_thread(look, folder, self._home, self.policy.tags)

    def go(self, *, offline: bool) -> None:
        """Go offline, or come back, by a person's word; it holds for every window at once.

        Raises:
            OSError: The home cannot be written.
        """
        self.switch.turn(offline=offline)
        self.follow_switch()

    def follow_switch(self) -> None:
        """Take what the person said last about being offline."""
        if not self.switch.look():
            return
        if self.switch.since is None:
            self.catalog.retry()
            self.upkeep.hurry()
        else:
            self.catalog.part()
            self.upkeep.do(self.network.aclose())
        self.sessions.tools_changed()

    def _silent(self) -> bool:
        answers = self.catalog.answers()
        if self.registry is not None:
            answers.append(("the registry", self.registry_fault))
        return silent(answers)

    def _look_again(self) -> None:
        self.catalog.hurry()
        self.upkeep.hurry()

    def follow_policy(self) -> None:
        """Take another policy of the company; it holds for the very next list or call."""
        self.follow_switch()
        if not self.company_policy.look():
            return
        for session in self.sessions:
            session.place = session.place.tagged(self.policy.tags)
        self.adopt()

    @property
    def policy(self) -> Policy:
        """What the company says, in its policy and its set-up, and the user, together."""
        if self.setup is not None and self.setup.fault is not None:
            fault = self.setup.fault
            return Policy(refusal=fault.message, remedy=fault.remedy)
        company, setup = self.company_policy.policy, self.configuration.setup
        if setup is not None:
            # An administrator's own file stands above the set-up.
            company = joined(company, setup.policy) if self.company_policy.exists else setup.policy
        return joined(company, self.configuration.policy)

    async def loaded(self) -> None:
        """Wait until it is certain who is signed in."""
        self.needed.set()
        await self.user.certain.wait()

    async def page_address(self) -> str:
        """Where the person answers questions in a browser of theirs.

        Raises:
            NothingToSignInTo: There is no company, so nobody could be told from anybody else there.
            Fault: The company's set-up does not count.
        """
        if self.account is None:
            raise no_company(self, ", hence no approvals page")
        return await self.page()

    # --- in step -----------------------------------------------------------------------------

    def blank(self, feature: Feature = Feature.TOOLS) -> bool:
        """Whether a list lacks something that the background is about to bring."""
        if self.account is not None and self.identity is None and not self.user.certain.is_set():
            return True  # Without a hint, only the sealed sign-in can tell whose list it is.
        unlisted = self.registry is not None and self.listing is None and self.identity is not None
        return unlisted or self.catalog.unseen(feature)

    def _reached(self, offering: Offering, fault: Fault | None) -> None:
        """Have editors write down that a server cannot be reached any more, or is back."""
        title = plain(offering.title, 80)
        if fault is None:
            self.sessions.log(f"{title} is back.")
        else:
            self.sessions.log(f"{title}: {plain(fault.sentence(), 500)}", grave=True)

    def adopt(self, listing: Listing | None = None) -> None:
        """Bring the catalog in step with who is signed in and what the registry says."""
        identity = self.identity
        key = identity.key if identity else "anonymous"
        if listing is not None:
            self.listing = listing
        elif self.registry is not None:
            self.listing = self.registry.last_good(key)
        groups = identity.groups if identity else None
        today = dt.datetime.fromtimestamp(self.clock(), dt.UTC).date()
        policy = self.policy
        known = offerings(self.configuration, self.listing, groups, today)
        self.catalog.adopt(
            {name: under(policy, offering) for name, offering in known.items()},
            identity_key=key,
            revision=self.listing.revision if self.listing else "unlisted",
            groups=groups or frozenset(),
        )


async def _closed() -> None:
    """Nothing to close."""
