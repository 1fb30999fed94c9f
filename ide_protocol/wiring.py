"""The one place where everybody meets: it builds the hub of a home, and runs it.

As a module (`python -I -m ide_protocol.wiring LOCK LISTENER`) it is the hub's process, started by a
shim that hands over the lock and the listening socket. `serve_alone` is the same hub inside the
shim's own process, for one connection.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING

from auth.fault import Fault, Who
from ide_protocol.door.hardening import harden, raise_file_limit
from ide_protocol.door.log import open_log
from ide_protocol.door.reception import Reception
from proxy.approval import Desk, Pairings
from proxy.approval.notification import notify
from proxy.approval.summons import Summons
from proxy.audit import Event, Journal, Record
from proxy.catalog import Catalog, Snapshot
from proxy.configuration import Configuration, load
from proxy.configuration.company_policy import CompanyPolicy
from proxy.exchange.exchange import Exchanges
from proxy.home import Home
from proxy.hub import Hub
from proxy.own_sign_in import OwnSignIns
from proxy.plain import plain
from proxy.registry import Registry
from proxy.remembered import Remembered
from proxy.session import Sessions
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
    from ide_protocol.page.site import Site
    from proxy.approval import Question
    from proxy.policy.offering import Offering
    from proxy.upstream.contract import Grant
    from proxy.upstream.face import Face
    from proxy.upstream.memory import EraMemory

log = logging.getLogger("portico.wiring")


def build(home: Home, company_policy: CompanyPolicy | None = None) -> Hub:
    """The hub of a home, its parts joined and its upkeep not yet begun.

    A broken portico.toml makes a hub that offers nothing and says why.

    Args:
        home: Where its configuration and state are.
        company_policy: In place of the one that an administrator put on this machine.
    """
    problems: list[Fault] = []
    configuration = _configuration(home, problems)
    network = configuration.network.open()
    account = _account(configuration, network, home)
    own_sign_ins = _own_sign_ins(network, home)
    sessions = Sessions()
    journal = _journal(home, problems)
    eras = EraMemories(f"{home.cache}/eras")

    def connect(offering: Offering) -> Face:
        who = hub.identity.key if hub.identity else "anonymous"
        return _connected(offering, network, account, own_sign_ins, eras.of(who))

    catalog = Catalog(
        snapshot=Snapshot(f"{home.cache}/catalog"),
        connect=connect,
        changed=sessions.tools_changed,
        clock=time.time,
        keeper=Keeper(Store(f"{home.state}/trust"), time.time),
    )

    async def page() -> str:
        return await hub.page()

    desk = Desk(
        sessions=lambda: sessions,
        clock=time.time,
        uptime=_uptime,
        changed=sessions.approvals_changed,
        signs_in=account is not None,
        summon=Summons(
            sessions=lambda: sessions,
            page=page if account is not None else None,
            notify=notify,
        ),
        refused=lambda question, surface, why: _note_refusal(hub, question, surface, why),
    )
    pairings = Pairings(
        sessions=lambda: sessions,
        store=_sealed(configuration, home, "pairings") if account is not None else None,
        clock=time.time,
    )
    hub = Hub(
        configuration=configuration,
        problems=problems,
        network=network,
        sessions=sessions,
        account=account,
        own_sign_ins=own_sign_ins,
        remembered=Remembered(f"{home.cache}/signed-in.json"),
        registry=_registry(configuration, network, home),
        catalog=catalog,
        desk=desk,
        pairings=pairings,
        journal=journal,
        clock=time.time,
        company_policy=company_policy or CompanyPolicy(),
        home=os.path.expanduser("~"),  # noqa: PTH111 - text, as rules and workspaces are.
    )
    _serve_page(hub)
    hub.exchanges = Exchanges(
        catalog=catalog,
        desk=desk,
        journal=journal,
        identity=lambda: hub.identity,
        clock=time.time,
        approval_seconds=configuration.approval_seconds,
        signs_in=account is not None,
        captures=configuration.captures,
    )
    hub.exchanges.most_result = configuration.result_bytes
    hub.acceptance = Acceptance(
        catalog=catalog,
        desk=desk,
        journal=journal,
        identity=lambda: hub.identity,
        clock=time.time,
        patience=configuration.approval_seconds,
    )
    hub.subscriptions = Subscriptions(
        catalog,
        groups=lambda: hub.identity.groups if hub.identity else frozenset(),
        runs=hub.exchanges.tasks.of,
    )
    hub.exchanges.heard = hub.subscriptions.heard
    asking = hub.exchanges.asking
    if account is not None:
        account.on_change.append(lambda: asking.keep_only(hub.identity.key if hub.identity else ""))
    sessions.on_remove.append(lambda session: hub.exchanges.parking.leave(session.id))
    sessions.on_remove.append(lambda session: asking.leases.leave(session.id))
    sessions.on_remove.append(pairings.leave)
    return hub


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


class AuditClosed(Fault):
    """The audit cannot be opened, so no call is sent."""

    reference = "audit-closed"
    who = Who.PERSON
    remedy = "Make the folder writable; `portico doctor` names it. No call is sent meanwhile."


def _configuration(home: Home, problems: list[Fault]) -> Configuration:
    try:
        return load(home.file)
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


def _registry(configuration: Configuration, network: Network, home: Home) -> Registry | None:
    company = configuration.company
    if company is None or not company.registry:
        return None
    directory = f"{home.cache}/registry"
    return Registry(company, network=network, directory=directory, clock=time.time)


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
        audiences=configuration.audiences,
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
        # What was sealed as one of them must not open as the other.
        binding=client if name == "sign-in" else f"{name} {client}",
    )


def _own_sign_ins(network: Network, home: Home) -> OwnSignIns:
    def accounts() -> ServerAccounts:
        from auth.own_sign_in.accounts import ServerAccounts  # few servers have such a sign-in
        from auth.sealed_store import SealedStore

        def store(server: str, binding: str) -> SealedStore:
            path = f"{home.state}/servers/{server}"
            return SealedStore(path, service=home.keyring_service, binding=binding)

        return ServerAccounts(network, store)

    return OwnSignIns(accounts)


def _connected(
    offering: Offering,
    network: Network,
    account: Account | None,
    own_sign_ins: OwnSignIns,
    memory: EraMemory,
) -> Face:
    if offering.program is not None:
        from proxy.upstream.local import Local  # few have one, and everybody would wait

        return Local(offering.server, offering.program, memory=memory)
    grant: Grant | None = own_sign_ins.at(offering)
    if offering.auth == "sso" and account is not None:
        grant = account.grant(offering.audience, offering.scopes)
    return Upstream(offering.server, offering.url, network=network, grant=grant, memory=memory)


def _uptime() -> float:
    """Seconds since the machine started, on the clock by which the kernel dates processes."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


# --- the hub's process -------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Be the hub: `LOCK LISTENER`, two inherited descriptors."""
    lock, listener = int(arguments[0]), int(arguments[1])
    os.umask(0o077)
    harden()
    raise_file_limit()
    open_log()
    _run(_hub(Home.find(), lock, socket.socket(fileno=listener)))
    return 0


async def _hub(home: Home, lock: int, listener: socket.socket) -> None:
    # A descendant that kept the lock would keep the next hub from being born.
    os.set_inheritable(lock, False)
    listener.set_inheritable(False)
    hub = build(home)
    hub.start()
    reception = Reception(hub, standalone=False, stale=_watch(home))
    server = await asyncio.start_unix_server(reception.receive, sock=listener)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, reception.stopped.set)
    log.info("hub %d serves %s", os.getpid(), home.root)

    async def make_way() -> None:
        """A draining hub lets its successor have socket and lock before its windows have gone."""
        await reception.draining.wait()
        server.close()
        os.close(lock)

    leaving = asyncio.ensure_future(make_way())
    await reception.until_over()
    leaving.cancel()
    server.close()
    await reception.close()
    await hub.aclose()
    log.info("hub %d ends", os.getpid())


def _watch(home: Home) -> Callable[[], bool]:
    """Says whether portico.toml is another file than when this was called."""

    def stamp() -> tuple[int, int] | None:
        try:
            found = os.stat(home.file)  # noqa: PTH116
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    first = stamp()
    return lambda: stamp() != first


# --- one connection in this process -----------------------------------------------------------


def serve_alone(home: Home, greeting: bytes, copy: Callable[[socket.socket, bytes], int]) -> int:
    """Serve this process's stdio by a hub of its own; returns the exit code.

    Args:
        home: Where its configuration and state are.
        greeting: The hello of this connection.
        copy: The shim's copying, which runs in this thread while the hub has another.
    """
    ours, theirs = socket.socketpair()
    harden()
    open_log()
    hub = threading.Thread(target=_run, args=(_alone(home, theirs),), name="portico-hub")
    hub.start()
    try:
        ours.sendall(greeting)
        heard = b""
        while b"\n" not in heard:
            part = ours.recv(4096)
            if not part:
                break
            heard += part
        _, _, rest = heard.partition(b"\n")
        return copy(ours, rest)
    finally:
        ours.close()
        hub.join()


async def _alone(home: Home, connection: socket.socket) -> None:
    hub = build(home)
    hub.start()
    reception = Reception(hub, standalone=True, stale=lambda: False)
    reader, writer = await asyncio.open_unix_connection(sock=connection)
    await reception.receive(reader, writer)
    await hub.aclose()


def _run(main_task: object) -> None:
    """Run a coroutine on the fastest loop there is."""
    try:
        import uvloop
    except ImportError:
        factory = None  # Not on every system; the loop of the standard library does the same.
    else:
        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main_task)  # type: ignore[arg-type]  # a coroutine


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
