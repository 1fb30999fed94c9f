"""The one place where everybody meets: it builds the hub of a home."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING

from auth.fault import Fault, Who
from auth.lock_file import LockFile
from auth.seal import Seal
from auth.vault_key import VaultKey
from proxy.approval import Desk, Pairings
from proxy.approval.notification import notify
from proxy.approval.summons import Summons
from proxy.audit import Event, Journal, Record
from proxy.catalog import Catalog, Snapshot
from proxy.configuration import Configuration, load
from proxy.configuration.company_policy import CompanyPolicy
from proxy.exchange.exchange import Exchanges
from proxy.grants import terms
from proxy.hub import Hub
from proxy.kept_secrets import KeptSecrets
from proxy.offline import Switch
from proxy.own_sign_in import OwnSignIns
from proxy.plain import plain
from proxy.registry import Registry
from proxy.remembered import Remembered
from proxy.session import Sessions
from proxy.setup.company_setup import CompanySetup
from proxy.setup.kept import Kept
from proxy.subscriptions import Subscriptions
from proxy.trust.acceptance import Acceptance
from proxy.trust.keeper import Keeper
from proxy.trust.store import Store
from proxy.upstream import EraMemories, Upstream

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.account import Account
    from auth.identity import Identity
    from auth.network import Network
    from auth.own_sign_in.accounts import ServerAccounts
    from auth.page import Content
    from auth.sealed_store import SealedStore
    from auth.workload import WorkloadNetwork
    from ide_protocol.page.site import Site
    from proxy.approval import Question
    from proxy.cassette.cassette import Cassette
    from proxy.home import Home
    from proxy.policy.offering import Offering
    from proxy.upstream.contract import Grant
    from proxy.upstream.face import Face


def build_replay(home: Home, cassette: Cassette) -> Hub:
    """A hub whose servers are those of a cassette; it reaches nobody and asks nobody.

    Args:
        home: Where its state is, which should be thrown away with it.
        cassette: What was recorded.
    """
    from proxy.cassette import replay  # nobody else needs it

    made = build(
        home,
        CompanyPolicy(path=""),
        CompanySetup(Kept(f"{home.state}/setup", VaultKey(home.keyring_service)), managed=""),
        configuration=replay.configuration(cassette),
        connect=lambda offering: replay.Replayed(offering.server, cassette),
    )
    made.exchanges.judging = replay.Reading(cassette)
    return made


def build(
    home: Home,
    company_policy: CompanyPolicy | None = None,
    setup: CompanySetup | None = None,
    *,
    configuration: Configuration | None = None,
    connect: Callable[[Offering], Face] | None = None,
) -> Hub:
    """The hub of a home, its parts joined and its upkeep not yet begun.

    A broken portico.toml makes a hub that offers nothing and says why.

    Args:
        home: Where its configuration and state are.
        company_policy: In place of the one that an administrator put on this machine.
        setup: In place of the one that the company set up on this machine.
        configuration: In place of what portico.toml says.
        connect: Makes the connection to an offered server, in place of the real one.
    """
    problems: list[Fault] = []
    setup = setup or company_setup(home)
    configuration = configuration or _configuration(home, setup, problems)
    network = configuration.network.open()
    account = _account(configuration, network, home)
    own_sign_ins = _own_sign_ins(configuration, network, home)
    secrets = _secrets(home)
    sessions = Sessions()
    hub = Hub(
        configuration=configuration,
        problems=problems,
        network=network,
        sessions=sessions,
        account=account,
        own_sign_ins=own_sign_ins,
        secrets=secrets,
        remembered=Remembered(f"{home.cache}/signed-in.json"),
        registry=_registry(configuration, network, home),
        catalog=_catalog(
            home,
            sessions,
            connect
            or _connector(lambda: hub, home, network, account, own_sign_ins, secrets=secrets),
        ),
        desk=_desk(lambda: hub, sessions, signs_in=account is not None),
        pairings=_pairings(configuration, home, sessions, signs_in=account is not None),
        journal=_journal(home, problems),
        switch=_switch(configuration, network, home),
        clock=time.time,
        company_policy=company_policy or CompanyPolicy(),
        home=os.path.expanduser("~"),  # noqa: PTH111 - text, as rules and workspaces are.
        setup=setup,
    )
    _serve_page(hub)
    _add_exchanges(hub)
    _let_go(hub)
    return hub


# --- what looks back at the hub ---------------------------------------------------------------


def _desk(hub: Callable[[], Hub], sessions: Sessions, *, signs_in: bool) -> Desk:
    async def page() -> str:
        return await hub().page()

    return Desk(
        sessions=lambda: sessions,
        clock=time.time,
        uptime=_uptime,
        changed=sessions.approvals_changed,
        signs_in=signs_in,
        summon=Summons(sessions=lambda: sessions, page=page if signs_in else None, notify=notify),
        refused=lambda question, surface, why: _note_refusal(hub(), question, surface, why),
    )


def _add_exchanges(hub: Hub) -> None:
    """Give the hub what asks it who is signed in: calls, changed tools, subscriptions."""
    configuration = hub.configuration
    hub.exchanges = Exchanges(
        catalog=hub.catalog,
        desk=hub.desk,
        journal=hub.journal,
        identity=lambda: hub.identity,
        clock=time.time,
        approval_seconds=configuration.approval_seconds,
        signs_in=hub.account is not None,
        sessions=lambda: hub.sessions,
        captures=configuration.captures,
    )
    hub.exchanges.most_result = configuration.result_bytes
    hub.exchanges.judging.horizon = hub.horizon
    hub.acceptance = Acceptance(
        catalog=hub.catalog,
        desk=hub.desk,
        journal=hub.journal,
        identity=lambda: hub.identity,
        clock=time.time,
        patience=configuration.approval_seconds,
    )
    hub.subscriptions = Subscriptions(
        hub.catalog,
        groups=lambda: hub.identity.groups if hub.identity else frozenset(),
        runs=hub.exchanges.tasks.of,
    )
    hub.exchanges.heard = hub.subscriptions.heard


def _let_go(hub: Hub) -> None:
    """What is kept for a user or for a window ends with them."""
    asking, parking = hub.exchanges.asking, hub.exchanges.parking
    if hub.account is not None:
        hub.account.on_change.append(
            lambda: asking.keep_only(hub.identity.key if hub.identity else "")
        )
    hub.sessions.on_remove.append(lambda session: parking.leave(session.id))
    hub.sessions.on_remove.append(lambda session: asking.leases.leave(session.id))
    hub.sessions.on_remove.append(hub.pairings.leave)


def _serve_page(hub: Hub) -> None:
    """Give the hub its page, imported when somebody first wants it."""
    site: Site | None = None

    def found() -> Site:
        nonlocal site
        if site is None:
            from ide_protocol.page.site import Site

            site = Site(hub)
        return site

    async def address() -> str:
        return await found().address()

    async def welcome(identity: Identity, origin: str) -> Content | None:
        return await found().welcome(identity, origin)

    async def close() -> None:
        if site is not None:
            await site.aclose()

    hub.page, hub.close_page = address, close
    if hub.account is not None:
        hub.account.welcome = welcome


def _note_refusal(hub: Hub, question: Question, surface: str, why: str) -> None:
    """A yes that did not count goes on record, with the call it was meant for."""
    hub.journal.note(
        Record(
            at=time.time(),
            event=Event.REFUSED_SURFACE,
            exchange=question.exchange,
            user=hub.identity.subject if hub.identity else "",
            host=plain(question.host, 80),
            server=question.server,
            tool=plain(question.tool, 128),
            risk=question.risk,
            outcome=why,
            surface=surface,
        )
    )


# --- the parts, each from what is configured --------------------------------------------------


class AuditClosed(Fault):
    """The audit cannot be opened, so no call is sent."""

    reference = "audit-closed"
    who = Who.PERSON
    remedy = "Make the folder writable; `portico doctor` names it. No call is sent meanwhile."


def company_setup(home: Home) -> CompanySetup:
    """The set-up of a home, not read yet."""
    return CompanySetup(Kept(f"{home.state}/setup", VaultKey(home.keyring_service)))


def _configuration(home: Home, setup: CompanySetup, problems: list[Fault]) -> Configuration:
    given = setup.load()
    if setup.fault is not None:
        # What portico.toml says alone is not what the company set up, so nothing of it counts.
        return Configuration(path=home.file)
    try:
        return load(home.file, given)
    except Fault as fault:
        problems.append(fault)
        return Configuration(path=home.file)


def _journal(home: Home, problems: list[Fault]) -> Journal:
    journal = Journal(home.audit)
    try:
        journal.open()
    except OSError as wrong:
        problems.append(AuditClosed(f"The audit cannot be opened ({wrong.strerror})."))
    return journal


def _switch(configuration: Configuration, network: Network, home: Home) -> Switch:
    company = configuration.company
    return Switch(f"{home.state}/offline", network, company.issuer if company else "")


def _registry(configuration: Configuration, network: Network, home: Home) -> Registry | None:
    company = configuration.company
    if company is None or not company.registry:
        return None
    seal = Seal(
        VaultKey(home.keyring_service), LockFile(_key_lock(home)), f"registry {company.registry}"
    )
    directory = f"{home.cache}/registry"
    return Registry(company, network=network, directory=directory, clock=time.time, seal=seal)


def _key_lock(home: Home) -> str:
    """The one lock under which this home's key is made."""
    return f"{home.state}/vault-key.lock"


def _account(configuration: Configuration, network: Network, home: Home) -> Account | None:
    company = configuration.company
    if company is None or not company.issuer:
        return None
    from auth.account import Account

    return Account(
        issuer=company.issuer,
        client_id=company.client_id,
        scopes=company.scopes,
        groups_claim=company.groups_claim,
        redirect_port=company.redirect_port,
        audiences=configuration.audiences,
        naming=company.naming,
        subject=company.exchange_subject,
        origins=company.token_origins,
        network=network,
        store=_sealed(configuration, home, "sign-in"),
    )


def _sealed(configuration: Configuration, home: Home, name: str) -> SealedStore:
    """A sealed file of this company's, whose key the keyring keeps."""
    from auth.sealed_store import SealedStore

    company = configuration.company
    client = f"{company.issuer} {company.client_id}" if company else ""
    return SealedStore(
        f"{home.state}/{name}",
        service=home.keyring_service,
        key_lock=_key_lock(home),
        plain=configuration.unencrypted_tokens,
        # What was sealed as one of them must not open as the other.
        binding=client if name == "sign-in" else f"{name} {client}",
    )


def _own_sign_ins(configuration: Configuration, network: Network, home: Home) -> OwnSignIns:
    def accounts() -> ServerAccounts:
        from auth.own_sign_in.accounts import ServerAccounts  # few servers have such a sign-in
        from auth.sealed_store import SealedStore

        def store(server: str, binding: str) -> SealedStore:
            path = f"{home.state}/servers/{server}"
            return SealedStore(
                path,
                service=home.keyring_service,
                binding=binding,
                key_lock=_key_lock(home),
                plain=configuration.unencrypted_tokens,
            )

        return ServerAccounts(network, store)

    return OwnSignIns(accounts)


def _secrets(home: Home) -> KeptSecrets:
    def store() -> SealedStore:
        from auth.sealed_store import SealedStore  # few people have secrets of their own

        return SealedStore(
            f"{home.state}/secrets",
            service=home.keyring_service,
            binding="secrets of the user",
            key_lock=_key_lock(home),
            spent=False,
        )

    return KeptSecrets(store)


def _catalog(home: Home, sessions: Sessions, connect: Callable[[Offering], Face]) -> Catalog:
    return Catalog(
        snapshot=Snapshot(f"{home.cache}/catalog"),
        connect=connect,
        changed=sessions.tools_changed,
        clock=time.time,
        keeper=Keeper(Store(f"{home.state}/trust"), time.time),
    )


def _pairings(
    configuration: Configuration, home: Home, sessions: Sessions, *, signs_in: bool
) -> Pairings:
    return Pairings(
        sessions=lambda: sessions,
        store=_sealed(configuration, home, "pairings") if signs_in else None,
        clock=time.time,
    )


def _connector(
    hub: Callable[[], Hub],
    home: Home,
    network: Network,
    account: Account | None,
    own_sign_ins: OwnSignIns,
    *,
    secrets: KeptSecrets,
) -> Callable[[Offering], Face]:
    """What connects to an offered server, with the sign-in that it wants."""
    eras = EraMemories(f"{home.cache}/eras")
    workload: WorkloadNetwork | None = None

    def mesh() -> WorkloadNetwork:
        nonlocal workload
        if workload is None:
            from auth.workload import WorkloadNetwork  # few companies have a mesh

            workload = hub().workload = WorkloadNetwork(network)
        return workload

    def connect(offering: Offering) -> Face:
        identity = hub().identity
        memory = eras.of(identity.key if identity else "anonymous")
        if offering.program is not None:
            from proxy.upstream.local import Local  # few have one, and everybody would wait

            return Local(offering.server, offering.program, memory=memory, secrets=secrets.resolved)
        if offering.auth == "mesh":
            way = mesh()
            return Upstream(offering.server, offering.url, network=way, grant=way, memory=memory)
        grant: Grant | None = own_sign_ins.at(offering)
        if offering.auth == "sso" and account is not None:
            grant = account.grant(terms(offering))
        headers = partial(secrets.sealed, offering.server, offering.headers)
        return Upstream(
            offering.server,
            offering.url,
            network=network,
            grant=grant,
            memory=memory,
            headers=headers if offering.headers else None,
        )

    return connect


def _uptime() -> float:
    """Seconds since the machine started, on the clock by which the kernel dates processes."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
