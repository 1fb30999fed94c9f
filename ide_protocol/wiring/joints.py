"""What looks back at a hub once it stands: who asks it, and what it asks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from proxy.approval import Desk
from proxy.approval.notification import notify
from proxy.approval.summons import Summons
from proxy.audit import Event, Record
from proxy.exchange.exchange import Exchanges
from proxy.plain import plain
from proxy.subscriptions import Subscriptions
from proxy.trust.acceptance import Acceptance

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.identity import Identity
    from auth.page import Content
    from ide_protocol.page.site import Site
    from proxy.approval import Question
    from proxy.hub import Hub
    from proxy.session import Sessions


def desk(hub: Callable[[], Hub], sessions: Sessions, *, signs_in: bool) -> Desk:
    """The desk, which asks the windows of the hub and leaves what it refused on its record."""

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


def add_exchanges(hub: Hub) -> None:
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


def let_go(hub: Hub) -> None:
    """What is kept for a user or for a window ends with them."""
    asking, parking = hub.exchanges.asking, hub.exchanges.parking
    if hub.account is not None:
        hub.account.on_change.append(
            lambda: asking.keep_only(hub.identity.key if hub.identity else "")
        )
    hub.sessions.on_remove.append(lambda session: parking.leave(session.id))
    hub.sessions.on_remove.append(lambda session: asking.leases.leave(session.id))
    hub.sessions.on_remove.append(hub.pairings.leave)


def serve_page(hub: Hub) -> None:
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


def _uptime() -> float:
    """Seconds since the machine started, on the clock by which the kernel dates processes."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
