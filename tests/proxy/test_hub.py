"""The hub: who is signed in, what the registry says and what the list shows stay in step."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from auth.fault import Fault, Who
from auth.identity import Identity
from auth.network import Network
from proxy.approval import Desk, Pairings
from proxy.audit import Event, Journal, Record
from proxy.catalog import Catalog, Snapshot
from proxy.configuration import Company, Configuration
from proxy.exchange.call import Call
from proxy.exchange.exchange import Exchanges
from proxy.fault import NothingToSignInTo
from proxy.hub import Hub
from proxy.kept_secrets import KeptSecrets, Store
from proxy.offline import Switch
from proxy.own_sign_in import OwnSignIns
from proxy.registry import Listing
from proxy.registry.entry import Entry
from proxy.remembered import Remembered
from proxy.session import Session, Sessions
from proxy.subscriptions import Subscriptions
from proxy.upstream.listing import NOBODY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from auth.own_sign_in.accounts import ServerAccounts
    from auth.reach import Reach
    from proxy.approval import Batch

ALICE = Identity("https://sso.example", "alice", "Alice", frozenset({"data-eng"}))
BOB = Identity("https://sso.example", "bob", "Bob", frozenset())
COMPANY = Company(
    name="Example Corp",
    issuer="https://sso.example",
    client_id="portico",
    registry="https://registry.example",
    audience="https://mcp.example/",
    audiences=("https://mcp.example/",),
    token_origins=frozenset({"https://mcp.example"}),
)


class RegistryDown(Fault):
    """The registry does not answer."""

    reference = "registry-down"
    who = Who.NOBODY


class AccountDouble:
    """A sign-in that is opened, begun and ended as told."""

    storage = "memory"

    def __init__(self) -> None:
        self.identity: Identity | None = None
        self.sealed: Identity | None = None
        self.opened = asyncio.Event()
        self.loading = asyncio.Event()
        self.next = ALICE
        self.on_change: list[Callable[[], None]] = []

    def become(self, identity: Identity | None) -> None:
        """Somebody signs in or out."""
        self.identity = identity
        for listener in self.on_change:
            listener()

    async def load(self) -> None:
        """Open the sealed sign-in when told."""
        self.loading.set()
        await self.opened.wait()
        if self.sealed is not None:
            self.become(self.sealed)

    async def sign_in(self, open_page: Callable[[str], Awaitable[bool]], _reach: Reach) -> Identity:
        """Show a page; the person says yes."""
        assert await open_page("https://sso.example/authorize")
        self.become(self.next)
        return self.next

    async def sign_out(self) -> None:
        """Nobody is signed in any more."""
        self.become(None)

    async def aclose(self) -> None:
        """Nothing is open."""


class RegistryDouble:
    """A registry that lists one server per user, fails, or waits, as told."""

    def __init__(self) -> None:
        self.kept: dict[str, Listing] = {}
        self.fault: Fault | None = None
        self.asked: list[str] = []
        self.reached = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()

    async def unseal(self) -> None:
        """Its copies are in memory."""

    def last_good(self, key: str) -> Listing | None:
        """What was kept for this user."""
        return self.kept.get(key)

    async def refresh(self, key: str, _token: object) -> Listing:
        """Answer as told."""
        self.asked.append(key)
        self.reached.set()
        await self.go.wait()
        if self.fault is not None:
            raise self.fault
        self.kept[key] = listing()
        return self.kept[key]


def listing() -> Listing:
    """A registry of one server, without governance."""
    entry = Entry("com.example/presto", "Presto", remotes=("https://mcp.example/presto",))
    return Listing(entries=(entry,), revision="1", fetched_at=1.0)


class ServerDouble:
    """A server with one tool; it answers when it may."""

    era = None
    left_out = None
    fresh = None
    capabilities: ClassVar[dict[str, Any]] = {}
    instructions = ""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.go.set()

    async def list_tools(self) -> list[dict[str, Any]]:
        """Its one tool."""
        await self.go.wait()
        return [{"name": "read"}]

    async def aclose(self) -> None:
        """Nothing is open."""


def _no_secrets() -> Store:
    msg = "no server here has a secret"
    raise AssertionError(msg)


def _no_accounts() -> ServerAccounts:
    msg = "no server here has a sign-in of its own"
    raise AssertionError(msg)


class PageWindow:
    """A window that shows pages and remembers them."""

    def __init__(self) -> None:
        self.pages: list[str] = []

    async def ask(self, _batch: Batch) -> None:
        """It asks nothing."""

    async def open_url(self, url: str, _why: str = "") -> bool:
        """Remember the page."""
        self.pages.append(url)
        return True

    def tools_changed(self) -> None:
        """Nobody listens."""

    def approvals_changed(self) -> None:
        """Nobody listens."""


class OfferingWindow(PageWindow):
    """An editor's window that offers things in passing; the test presses their buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.pressed: asyncio.Queue[bool] = asyncio.Queue()
        self.withdrawn = asyncio.Event()

    async def offer(self, sentence: str, action: str) -> bool:
        """Remember what is said, and wait for the test's finger."""
        self.said.put_nowait(f"{sentence} [{action}]")
        try:
            return await self.pressed.get()
        except asyncio.CancelledError:
            self.withdrawn.set()
            raise

    async def invite(self, headline: str, url: str) -> bool:
        """Nothing waits here."""
        raise AssertionError(headline, url)


class Works:
    """A hub and what it is made of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.account = AccountDouble()
        self.registry = RegistryDouble()
        self.server = ServerDouble()
        self.sessions = Sessions()
        self.journal = Journal(str(folder / "audit.sqlite3"))
        self.remembered = Remembered(str(folder / "signed-in.json"))
        self.hub = self.build(company=True)

    def build(self, *, company: bool) -> Hub:
        """A hub, with or without a company."""
        catalog = Catalog(
            snapshot=Snapshot(str(self.folder / "catalog")),
            connect=lambda _: self.server,  # type: ignore[arg-type, return-value]  # a double
            changed=self.sessions.tools_changed,
            clock=lambda: 1000.0,
        )
        desk = Desk(
            sessions=lambda: self.sessions,
            clock=lambda: 1000.0,
            uptime=lambda: 0.0,
            changed=lambda: None,
        )
        network = Network()
        hub = Hub(
            configuration=Configuration(company=COMPANY if company else None),
            problems=[],
            network=network,
            sessions=self.sessions,
            account=self.account if company else None,  # type: ignore[arg-type]  # a double
            own_sign_ins=OwnSignIns(_no_accounts),
            secrets=KeptSecrets(_no_secrets),
            remembered=self.remembered,
            registry=self.registry if company else None,  # type: ignore[arg-type]  # a double
            catalog=catalog,
            desk=desk,
            pairings=Pairings(sessions=lambda: self.sessions, store=None, clock=lambda: 1000.0),
            journal=self.journal,
            switch=Switch(str(self.folder / "offline"), network, COMPANY.issuer),
            clock=lambda: 1000.0,
        )
        hub.exchanges = Exchanges(
            catalog=catalog,
            desk=desk,
            journal=self.journal,
            identity=lambda: hub.identity,
            clock=lambda: 1000.0,
            approval_seconds=1.0,
        )
        hub.subscriptions = Subscriptions(catalog, groups=frozenset)
        return hub

    def names(self) -> list[str]:
        """The public list as it stands."""
        return [tool["name"] for tool in self.hub.catalog.tools()]


@pytest.fixture
async def works(tmp_path: Path) -> AsyncIterator[Works]:
    """A hub that has not begun."""
    made = Works(tmp_path)
    made.journal.open()
    yield made
    await made.hub.aclose()


async def test_the_first_list_waits_for_what_was_never_seen_and_not_forever(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that never answers costs the first list its bound, once, and is missing then."""
    monkeypatch.setattr("proxy.hub.FIRST_ANSWER", 0.05)
    works.account.sealed = ALICE
    works.account.opened.set()
    works.server.go.clear()
    works.hub.start()
    assert await works.hub.listed() == []
    await works.hub.upkeep.settled.wait()
    works.server.go.set()
    await works.hub.catalog.relist("presto")
    assert works.names() == ["presto_read"]


async def test_a_snapshot_is_listed_without_waiting_for_anyone(works: Works) -> None:
    """With a hint and a snapshot, neither keyring nor registry nor server is asked first."""
    works.account.sealed = ALICE
    works.account.opened.set()
    works.hub.start()
    assert [tool["name"] for tool in await works.hub.listed()] == ["presto_read"]
    await works.hub.aclose()
    works.account = AccountDouble()  # its keyring stays locked
    works.server.go.clear()
    works.hub = works.build(company=True)
    works.hub.start()
    assert works.hub.identity == ALICE
    assert [tool["name"] for tool in await works.hub.listed()] == ["presto_read"]
    assert not works.account.loading.is_set()


async def test_a_hint_unlocks_no_call(works: Works) -> None:
    """A call waits until the sealed sign-in is open, and counts as whoever that is."""
    works.remembered.save(ALICE)
    works.registry.kept[ALICE.key] = listing()
    works.hub.start()
    assert works.hub.identity == ALICE
    call = Call(Session("mcp"), "presto_read", {"name": "presto_read"}, NOBODY)
    calling = asyncio.ensure_future(works.hub.call(call))
    await works.account.loading.wait()
    assert not calling.done()
    works.account.opened.set()
    await calling
    await works.journal.close()
    assert {record["user"] for record in await works.journal.read()} == {""}
    assert works.remembered.load("https://sso.example") is None


async def test_signing_in_shows_the_page_and_brings_the_servers(works: Works) -> None:
    """The window that asked shows the page; afterwards the registry's servers are there."""
    works.account.opened.set()
    works.hub.start()
    window = PageWindow()
    session = Session("lsp", host="Editor\n", window=window)
    assert await works.hub.user.sign_in(session) == ALICE
    assert window.pages == ["https://sso.example/authorize"]
    await works.hub.catalog.ready()
    assert works.names() == ["presto_read"]
    await works.hub.user.sign_out(session)
    assert (works.hub.identity, works.names()) == (None, [])
    await works.journal.close()
    noted = [(r["event"], r["user"], r["host"]) for r in await works.journal.read()]
    assert noted == [("signed-in", "alice", "Editor"), ("signed-out", "alice", "Editor")]


async def _two_editors(works: Works) -> tuple[OfferingWindow, OfferingWindow]:
    """Two editors of somebody who is signed in; the second was used last."""
    works.account.opened.set()
    works.hub.start()
    windows = OfferingWindow(), OfferingWindow()
    for window in windows:
        session = Session("lsp", window=window, caller=window)
        works.sessions.add(session)
        session.touch()
    works.sessions.add(Session("cli"))
    await works.hub.loaded()
    works.account.become(ALICE)
    return windows


async def test_a_sign_in_that_has_ended_is_said_once_and_opens_nothing(works: Works) -> None:
    """The editor that was used last says it, the page opens when its button is pressed."""
    other, used = await _two_editors(works)
    works.account.become(None)
    assert await used.said.get() == "Your sign-in to Portico as Alice has ended. [Sign in]"
    await works.hub.listed()
    works.account.become(None)
    assert used.pages == other.pages == []
    signed_in = asyncio.Event()
    works.account.on_change.append(signed_in.set)
    used.pressed.put_nowait(True)
    await signed_in.wait()
    assert used.pages == ["https://sso.example/authorize"]
    assert used.said.empty()
    assert other.said.empty()


async def test_a_sign_in_elsewhere_takes_the_sentence_away(works: Works) -> None:
    """Whoever signed in by another window need not be told that they should."""
    _, used = await _two_editors(works)
    works.account.become(None)
    await used.said.get()
    works.account.become(ALICE)
    await used.withdrawn.wait()
    assert used.pages == []


async def test_whoever_signs_out_is_not_told_that_they_are(works: Works) -> None:
    """Neither by signing out nor by signing in as somebody else."""
    other, used = await _two_editors(works)
    works.account.become(BOB)
    await works.hub.user.sign_out(next(iter(works.sessions)))
    await asyncio.sleep(0)
    assert (other.said.empty(), used.said.empty()) == (True, True)


async def test_who_signs_in_while_the_registry_is_asked_gets_an_answer_of_their_own(
    works: Works,
) -> None:
    """The answer for the one who left is not adopted, and the registry is asked again at once."""
    works.account.sealed = ALICE
    works.account.opened.set()
    works.registry.go.clear()
    works.hub.start()
    works.hub.needed.set()
    await works.registry.reached.wait()
    works.registry.reached.clear()
    works.account.become(BOB)
    works.registry.go.set()
    await works.registry.reached.wait()
    assert works.registry.asked == [ALICE.key, BOB.key]


async def test_the_last_good_list_serves_while_the_registry_is_down(works: Works) -> None:
    """Its fault is told, its servers stay."""
    works.registry.kept[ALICE.key] = listing()
    works.registry.fault = RegistryDown("The registry is down.")
    works.account.sealed = ALICE
    works.account.opened.set()
    works.hub.start()
    assert [tool["name"] for tool in await works.hub.listed()] == ["presto_read"]
    assert works.hub.registry_fault is works.registry.fault


async def test_without_a_company_there_is_nothing_to_sign_in_to(works: Works) -> None:
    """It says who must act, signing out is nothing, and the list is simply empty."""
    works.hub = works.build(company=False)
    works.hub.start()
    with pytest.raises(NothingToSignInTo) as told:
        await works.hub.user.sign_in(Session("lsp"))
    assert told.value.who is Who.PERSON
    await works.hub.user.sign_out(Session("lsp"))
    assert await works.hub.listed() == []


async def test_a_window_lends_its_bus_and_proxies_once(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first bus stays; nothing else of a window's environment becomes the hub's."""
    monkeypatch.setattr("os.environ", {"PATH": "/bin"})
    settings = {"DBUS_SESSION_BUS_ADDRESS": "unix:a", "HTTPS_PROXY": "http://p:1", "PATH": "/evil"}
    works.hub.meet_window(Session("lsp", settings=settings))
    works.hub.meet_window(Session("lsp", settings={"DBUS_SESSION_BUS_ADDRESS": "unix:b"}))
    assert os.environ["DBUS_SESSION_BUS_ADDRESS"] == "unix:a"
    assert os.environ["PATH"] == "/bin"
    assert works.hub.network.route("https://mcp.example") == "http://p:1"


async def test_upkeep_that_ends_is_in_the_log(
    works: Works, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake in the background does not vanish."""
    failed = asyncio.Event()

    async def broken() -> None:
        failed.set()
        msg = "a bug"
        raise RuntimeError(msg)

    works.hub.upkeep.do(broken())
    await failed.wait()
    await asyncio.sleep(0)
    assert "the hub's upkeep ended" in caplog.text


async def test_the_audit_forgets_what_is_older_than_the_company_wants(works: Works) -> None:
    """From its start on, once a day, with a checkpoint in place of what went."""
    for at in (1.0, 2.0, 950.0):
        await works.journal.commit(Record(at, Event.INTENT, server="presto"))
    works.hub.configuration = replace(works.hub.configuration, keep_seconds=100.0)
    works.account.opened.set()
    works.hub.start()
    await works.hub.upkeep.settled.wait()
    await works.journal.close()
    kept = [(one["at"], one["event"]) for one in await works.journal.read()]
    assert kept == [(950.0, "intent"), (1000.0, "checkpoint")]
