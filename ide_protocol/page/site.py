"""The page on which a person answers what waits, and says which editors may ask.

Whoever opens the page is sent to the company's sign-on and comes back with its word for who they
are; only the person who is signed in at the hub gets on. Every button carries the secret of the
page it stands on. A program on this computer can connect, too: it gets as far as the sign-on.
"""

from __future__ import annotations

import hmac
import logging
import os
import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from auth.fault import Fault
from auth.page import Content, document, headers
from ide_protocol.page import press, view
from ide_protocol.page.listener import Listener
from ide_protocol.page.visit import Visits
from proxy.approval import Surface, Voice
from proxy.approval.desk import NoSuchQuestion
from proxy.approval.surface import agents_own
from proxy.audit import Event, Record
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auth.identity import Identity
    from ide_protocol.http.request import Request
    from ide_protocol.http.visitor import Reply as Response
    from proxy.approval import Reply
    from proxy.hub import Hub
    from proxy.session import Session

log = logging.getLogger("portico.page")

CALLBACK = "/callback"
LARGEST_FORM = 64 * 1024
_TITLE = "Portico: approvals"


class Shown(NamedTuple):
    """One answer to a browser; with `location` it leads elsewhere."""

    status: int
    title: str
    text: str
    content: Content | None = None
    location: str = ""


NOTHING = Shown(404, "Nothing to see here", "There is nothing at this address.")
STRANGER = Shown(403, "Not from here", "This was not sent by a page of Portico's.")
USED = Shown(
    410,
    "This page was used before",
    "Go back to your editor or terminal and open Portico's page again.",
)


class Site:
    """The page of one hub.

    Args:
        hub: Whose questions and editors it shows.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._visits = Visits(time.monotonic)
        self._listener = Listener(self._answer, self._wanted)
        self._user = ""

    async def address(self) -> str:
        """Where the page is, from now on and for as long as somebody comes.

        Raises:
            OSError: No port could be had.
        """
        return f"{await self._listener.open()}/"

    async def aclose(self) -> None:
        """Close the listener; every secret of its pages is void."""
        self._visits.clear()
        await self._listener.aclose()

    def _wanted(self) -> bool:
        """Whether somebody is at the page, or could come to it."""
        return not self._visits.empty or bool(self._hub.desk.questions())

    async def welcome(self, identity: Identity, origin: str) -> Content | None:
        """What the page that ends a sign-in shows besides: who wants to be paired, what waits.

        Args:
            identity: Who has just signed in there.
            origin: Where that page comes from.
        """
        if not self._windows() and not self._hub.desk.questions():
            return None
        try:
            await self.address()
        except OSError as wrong:
            log.warning("the approvals page cannot be served: %s", wrong.strerror)
            return None
        self._turn(identity.key)
        return self._content(self._visits.show(identity, origin), first=True)

    # --- one browser -------------------------------------------------------------------------

    async def _answer(self, request: Request, reply: Response) -> None:
        self._listener.stay()
        try:
            shown = await self._shown(request)
        except Fault as fault:
            shown = Shown(403, "This did not work", fault.sentence())
        if shown.location:
            steady = (("location", shown.location), ("referrer-policy", "no-referrer"))
            await reply.send(shown.status, fields=steady)
            return
        body = document(shown.title, shown.text, shown.content)
        await reply.send(shown.status, body, headers(shown.content))

    async def _shown(self, request: Request) -> Shown:
        """Decide what a request gets."""
        hosts = [value for name, value in request.fields if name == "host"]
        if [f"http://{host}" for host in hosts] != [self._listener.origin]:
            return STRANGER
        if request.verb == "GET" and request.path == "/":
            return await self._away()
        if request.verb == "GET" and request.path == CALLBACK:
            return await self._back(request)
        if request.verb == "POST" and request.path == "/":
            return await self._pressed(request)
        return NOTHING

    async def _away(self) -> Shown:
        """Send a browser to the company's sign-on."""
        account = self._hub.account
        if account is None or account.identity is None:
            how = "Sign in with Portico first: in your editor, or with `portico login`."
            return Shown(403, "Nobody is signed in", how)
        trip = account.round_trip()
        address = await trip.address(self._listener.origin + CALLBACK)
        self._visits.leave(trip)
        return Shown(303, "", "", None, address)

    async def _back(self, request: Request) -> Shown:
        """Take a browser's answer from the sign-on."""
        answer = _fields(request.target.partition("?")[2])
        trip = self._visits.back(answer.get("state", [""])[0])
        if trip is None or any(len(values) != 1 for values in answer.values()):
            return USED
        told = {name: values[0] for name, values in answer.items()}
        found = await trip.identity(told, self._listener.origin + CALLBACK)
        if not self._is_user(found.key):
            who = f"This browser is signed in as {plain(found.name, 80)}, Portico as somebody else."
            how = "Sign in as one and the same person, there or with `portico login`."
            return Shown(403, "You are somebody else here", f"{who} {how}")
        self._turn(found.key)
        return self._page(self._visits.show(found, self._listener.origin))

    async def _pressed(self, request: Request) -> Shown:
        """Take the press of a button."""
        kind = (request.field("content-type") or "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded" or len(request.body) > LARGEST_FORM:
            return STRANGER
        fields = _fields(request.body.decode("utf-8", "replace"))
        visit = self._visits.press(fields.get("page", [""])[0])
        if visit is None or not self._is_user(visit.user):
            return USED
        origins = [value for name, value in request.fields if name == "origin"]
        if origins not in ([visit.origin], [self._listener.origin]):
            return STRANGER
        said = await self._done(fields)
        return self._page(self._visits.again(visit, self._listener.origin), said)

    async def _done(self, fields: dict[str, list[str]]) -> str:
        """Do what a button says; how that came out, as markup."""
        said = press.replies(fields, self._hub.desk.questions())
        if said is not None:
            return self._decided(said)
        if "pair" in fields:
            return await self._paired(fields["pair"][0])
        if "decline" in fields:
            return self._declined(fields["decline"][0])
        if "unpair" in fields:
            gone = await self._hub.pairings.end(fields["unpair"][0])
            self._note("its key", "ended") if gone else None
            return view.said("It is not paired any more." if gone else "It was not paired.")
        return ""

    def _decided(self, said: Sequence[tuple[str, Reply]]) -> str:
        if not said:
            return view.said("Nothing was ticked, so nothing was done.")
        about = {one.id: f"{one.tool} of {one.title}" for one in self._hub.desk.questions()}
        done, gone = [], 0
        for identifier, reply in said:
            try:
                self._hub.desk.answer(identifier, reply, Voice(Surface.PAGE))
            except NoSuchQuestion:
                gone += 1
            else:
                done.append(about.get(identifier, "one call"))
        return view.decided(said[0][1], done, gone)

    async def _paired(self, value: str) -> str:
        identifier = value.partition(".")[0]
        found = next((s for s in self._hub.sessions if s.id == identifier), None)
        if found is None or found.role != "lsp":
            return view.said("That window has closed.", alarm=True)
        if value != self._value(found):
            changed = "That window is not what was shown any more. Look at it again."
            return view.said(changed, alarm=True)
        lasting = self._hub.pairings.lasting(found)
        await self._hub.pairings.accept(found)
        self._note(found.host, "for good" if lasting else "until it closes")
        return view.said(f"{plain(found.host, 80)} is paired: it may ask you from now on.")

    def _declined(self, identifier: str) -> str:
        found = next((s for s in self._hub.sessions if s.id == identifier), None)
        if found is None:
            return view.said("That window has closed.")
        self._hub.pairings.decline(found)
        self._note(found.host, "declined")
        return view.said(f"{plain(found.host, 80)} is not paired, and not listed any more.")

    def _note(self, host: str, outcome: str) -> None:
        hub, identity = self._hub, self._hub.identity
        user = identity.subject if identity else ""
        record = Record(hub.clock(), Event.PAIRED, user=user, host=plain(host, 80), outcome=outcome)
        hub.journal.note(record)

    # --- what is shown -----------------------------------------------------------------------

    def _page(self, secret: str, said: str = "") -> Shown:
        identity = self._hub.identity
        who = f"You are {plain(identity.name, 80)}." if identity else ""
        return Shown(200, _TITLE, who, self._content(secret, said))

    def _content(self, secret: str, said: str = "", *, first: bool = False) -> Content:
        """The page below its heading; the page that ends a sign-in leaves out what is empty."""
        target, pairings = self._listener.origin, self._hub.pairings
        asked = self._hub.desk.coded()
        waits = (
            "<h2>What waits for your yes</h2>",
            view.questions(asked, target, secret, self._hub.clock()),
        )
        parts = [
            said,
            *(waits if asked or not first else ()),
            view.editors(
                [
                    (s, _program(s.host_pid), pairings.lasting(s), self._value(s))
                    for s in self._windows()
                ],
                pairings.accepted(),
                target,
                secret,
            ),
            "" if first else view.refresh(target, secret),
        ]
        return Content("".join(parts), target)

    def _windows(self) -> list[Session]:
        """The editors that could be paired; none that an AI client's shell started."""
        everybody = list(self._hub.sessions)
        agents = {s.host_pid for s in everybody if s.role == "mcp" and s.host_pid > 1}
        return [
            s
            for s in everybody
            if s.role == "lsp"
            and s.can_ask
            and not s.paired
            and not self._hub.pairings.declined(s)
            and not agents_own(s, agents)
        ]

    def _value(self, session: Session) -> str:
        """What a button says that pairs a window as it is shown."""
        return f"{session.id}.{self._hub.pairings.likeness(session)}"

    def _is_user(self, key: str) -> bool:
        identity = self._hub.account.identity if self._hub.account else None
        return identity is not None and hmac.compare_digest(identity.key, key)

    def _turn(self, user: str) -> None:
        """Pages of whoever was here before are void."""
        if self._user != user:
            self._visits.clear()
            self._user = user


def _fields(text: str) -> dict[str, list[str]]:
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=256)
    except ValueError:
        return {}


def _program(pid: int) -> str:
    """The program behind a process, by the kernel's word and not by its own."""
    try:
        return os.readlink(f"/proc/{pid}/exe")  # noqa: PTH115 - not a path of files.
    except OSError:
        return "a program that this system does not name"
