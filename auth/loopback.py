"""Where the browser comes back to: one address on loopback, for one answer.

Source: RFC 8252 §7.3 and §8.3. The port is bound before the browser opens, so no other program can
wait there in our place. A request that is not the answer (another path, another state, another
Host) is told so and changes nothing: the person's own answer still counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlsplit

from auth.fault import Fault, Who
from auth.page import render

if TYPE_CHECKING:
    from collections.abc import Collection
    from types import TracebackType

    from auth.page import Content

    Page = tuple[int, str, str, Content | None]

PATH = "/callback"
LONGEST_HEAD = 16 * 1024
HEAD_WITHIN = 5.0
OUTCOME_WITHIN = 30.0
MOST_AT_ONCE = 16
"""Connections at once; one more takes the place of the oldest that has not asked anything yet."""


class NotTheAnswer(Fault):
    """What was pasted is not the address at which this sign-in ended."""

    reference = "sign-in-answer-not-known"
    who = Who.PERSON
    remedy = "Copy the whole address from the browser after you signed in, and paste that."


class Loopback:
    """A listener that takes one answer with the right state.

    Use it as an async context: it listens inside, and on the way out it lets the last page be
    sent.

    Args:
        state: What the answer must carry (RFC 6749 §10.12); without one, nothing is an answer until
            `expect` says what it is.
        port: The port to bind, where it is free; another one otherwise.
    """

    def __init__(self, state: str = "", *, port: int = 0) -> None:
        self._state = state
        self._wanted = port
        self._server: asyncio.Server | None = None
        self._answer: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._outcome: asyncio.Future[Page] = asyncio.get_running_loop().create_future()
        self._open: set[asyncio.Task[None]] = set()
        self._silent: dict[asyncio.Task[None], None] = {}
        self._answering: asyncio.Task[None] | None = None
        self._ports: set[int] = set()
        self.port = 0

    @property
    def origin(self) -> str:
        """Where its pages come from. The literal, because a name can be re-pointed."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def redirect_uri(self) -> str:
        """The address to give to the issuer."""
        return self.origin + PATH

    async def __aenter__(self) -> Self:
        """Bind a free port and listen."""
        try:
            self._server = await self._listening(self._wanted)
        except OSError:
            if not self._wanted:
                raise
            self._server = await self._listening(0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._ports.add(self.port)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening; the page of the outcome gets two seconds to be sent."""
        if self._server is not None:
            self._server.close()
        self.conclude(400, "Sign-in ended", "Go back to your editor and sign in again.")
        # Not for the others: browsers hold connections open that they may never use.
        if self._answering is not None and not self._answering.done():
            await asyncio.wait([self._answering], timeout=2.0)
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def expect(self, state: str) -> None:
        """Take an answer with this state, and none with another."""
        self._state = state

    def reached_by(self, address: str) -> bool:
        """Whether an editor's forwarding may lead to here from `address`; then its port counts.

        Only loopback of the other machine will do: it is what the company registered, and what is
        sent there passes through nobody else's hands.
        """
        try:
            port = urlsplit(address).port
        except ValueError:
            return False
        if not port or address != f"http://127.0.0.1:{port}{PATH}":
            return False
        self._ports.add(port)
        return True

    def take(self, parameters: dict[str, str]) -> None:
        """Take an answer that came another way than through the browser. Only the first counts."""
        if not self._answer.done():
            self._answer.set_result(parameters)

    async def answer(self) -> dict[str, str]:
        """The parameters of the person's answer, when it comes. The browser waits meanwhile."""
        return await asyncio.shield(self._answer)

    def conclude(self, status: int, title: str, text: str, content: Content | None = None) -> None:
        """Say on the waiting page how it ended. Only the first word counts."""
        if not self._outcome.done():
            self._outcome.set_result((status, title, text, content))

    async def _listening(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", port, limit=LONGEST_HEAD)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or not self._room():
            writer.transport.abort()
            return
        self._open.add(task)
        try:
            writer.write(render(*await self._page(reader, task)))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # It went away, said too much, or said nothing in time: browsers open connections in
            # advance and may never use them. Nothing of the sign-in depends on this one.
            writer.transport.abort()
        except asyncio.CancelledError:
            # It made way for another. asyncio would report a cancelled visit as an error.
            writer.transport.abort()
        finally:
            self._open.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _room(self) -> bool:
        """Whether one more connection fits; else the oldest that has said nothing makes way.

        Whoever holds connections open and says nothing must not keep the person's browser out.
        """
        if len(self._open) < MOST_AT_ONCE:
            return True
        oldest = next(iter(self._silent), None)
        if oldest is None:
            return False
        del self._silent[oldest]
        oldest.cancel()
        return True

    async def _page(self, reader: asyncio.StreamReader, task: asyncio.Task[None]) -> Page:
        self._silent[task] = None
        try:
            async with asyncio.timeout(HEAD_WITHIN):
                head = await reader.readuntil(b"\r\n\r\n")
        finally:
            self._silent.pop(task, None)
        parameters = read_head(head, self._ports, self._state)
        if isinstance(parameters, int):
            return (parameters, "Nothing to see here", "This is not the answer to a sign-in.", None)
        if self._answer.done():
            text = "This sign-in was answered before. Close this window."
            return (410, "Already used", text, None)
        self._answering = task
        self._answer.set_result(parameters)
        async with asyncio.timeout(OUTCOME_WITHIN):
            return await asyncio.shield(self._outcome)


def read_head(head: bytes, ports: Collection[int], state: str) -> dict[str, str] | int:
    """The parameters in the head of an HTTP/1.1 request, or the status that refuses it.

    A wrong Host is a name of somebody else's that was pointed at this computer; a parameter that
    comes twice is two answers, of which none can be believed.

    Args:
        head: The request up to its empty line.
        ports: The port that is listened at, and those from which an editor leads here.
        state: What the answer must carry.
    """
    lines = head.decode("latin-1").split("\r\n")
    method, target, version = (*lines[0].split(" "), "", "")[:3]
    hosts = [
        line.partition(":")[2].strip() for line in lines[1:] if line.lower().startswith("host:")
    ]
    known = {f"127.0.0.1:{port}" for port in ports}
    if not version.startswith("HTTP/1.") or len(hosts) != 1 or hosts[0] not in known:
        return 400
    path, _, query = target.partition("?")
    if path != PATH:
        return 404
    if method != "GET":
        return 405
    parameters = _parameters(query, state)
    return 400 if parameters is None else parameters


def read_pasted(text: str, redirect_uri: str, state: str) -> dict[str, str]:
    """The parameters in the address at which a browser stopped, as a person pasted it.

    Args:
        text: What was pasted, perhaps in quotes or brackets, or broken over lines by a terminal.
        redirect_uri: Where the issuer sent the browser.
        state: What the answer must carry.

    Raises:
        NotTheAnswer: It is another address, or the answer to another sign-in.
    """
    address = "".join(text.split()).strip("\"'<>`")
    place, _, query = address.partition("?")
    if place != redirect_uri:
        msg = f"That is not the address: it begins with {redirect_uri}?"
        raise NotTheAnswer(msg)
    parameters = _parameters(query.partition("#")[0], state)
    if parameters is None:
        msg = "That is the address of another sign-in, or a part of it is missing."
        raise NotTheAnswer(msg)
    return parameters


def _parameters(query: str, state: str) -> dict[str, str] | None:
    """The parameters of an answer with the right state, or None."""
    try:
        found = parse_qs(query, keep_blank_values=True, max_num_fields=32)
    except ValueError:
        return None
    parameters = {name: values[0] for name, values in found.items()}
    given = parameters.get("state", "").encode()
    known = bool(state) and hmac.compare_digest(given, state.encode())
    return parameters if known and all(len(values) == 1 for values in found.values()) else None
