"""The gateway lets the right people through, tells servers who they are, and holds nothing back."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from sandbox.company import AUDIENCE, REGISTRY_AUDIENCE, Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

NOW = 1_800_000_000.0
CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "drop_table", "arguments": {"table": "t"}},
}


class Server:
    """An MCP server's place, with an answer that each test steers."""

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.go_on = asyncio.Event()
        self.left = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the last part of the path."""
        if scope["type"] != "http":
            msg = "no lifespan here"
            raise NotImplementedError(msg)
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.bodies.append(body)
        self.seen.append({k.decode(): v.decode() for k, v in scope["headers"]})
        kind = b"application/json" if scope["path"] == "/mcp" else b"text/event-stream"
        headers = [(b"content-type", kind), (b"mcp-session-id", b"s1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["path"] == "/mcp":
            answer = json.dumps({"query": scope["query_string"].decode()}).encode()
            await send({"type": "http.response.body", "body": answer})
        elif scope["path"] == "/stream":
            await self._stream(receive, send)
        # Any other path returns without an end: an answer that breaks.

    async def _stream(self, receive: Receive, send: Send) -> None:
        first = {"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True}
        await send(first)
        leaving = asyncio.ensure_future(receive())
        going = asyncio.create_task(self.go_on.wait())
        try:
            await asyncio.wait({leaving, going}, return_when=asyncio.FIRST_COMPLETED)
            if leaving.done():
                self.left.set()
                return
            await send({"type": "http.response.body", "body": b"data: 2\n\n"})
        finally:
            leaving.cancel()
            going.cancel()


class Visit:
    """One company with one server called `presto`, and a client at the gateway."""

    def __init__(self, company: Company, http: httpx2.AsyncClient, server: Server) -> None:
        self.company = company
        self.http = http
        self.server = server
        self.now = [NOW]

    def bearer(self, user: str = "alice", audience: str = AUDIENCE) -> dict[str, str]:
        """The header of a person who is signed in."""
        return {"Authorization": f"Bearer {self.company.provider.access_token(user, audience)}"}


@asynccontextmanager
async def visit(witness_file: Path | None = None) -> AsyncIterator[Visit]:
    """A visit whose clock the test moves."""
    now = [NOW]
    server = Server()
    company = Company(
        clock=lambda: now[0], applications={"presto": server}, witness_file=witness_file
    )
    async with company, httpx2.AsyncClient(base_url=company.gateway, trust_env=False) as http:
        found = Visit(company, http, server)
        found.now = now
        yield found


async def test_the_server_learns_who_calls_from_the_token_alone() -> None:
    """Spoofed identity headers in any spelling are replaced, and the token goes no further."""
    async with visit() as it:
        spoofed = [
            ("X-Forwarded-User", "ceo"),
            ("X_Forwarded_User", "ceo"),
            ("X-Forwarded-Groups", "security"),
            ("X-Forwarded-Client-Cert", "URI=spiffe://ceo"),
            ("Cookie", "session=ceo"),
            ("Connection", "X-Secret"),
            ("X-Secret", "hop"),
            ("Mcp-Session-Id", "s1"),
            *it.bearer().items(),
        ]
        answer = await it.http.post("/presto/mcp?a=1", json=CALL, headers=spoofed)
        assert (answer.status_code, answer.json()) == (200, {"query": "a=1"})
        assert answer.headers["mcp-session-id"] == "s1"
        (seen,) = it.server.seen
        assert seen["x-forwarded-user"] == "alice"
        assert seen["x-forwarded-groups"] == "employees,data-eng"
        assert seen["mcp-session-id"] == "s1"
        assert "authorization" not in seen
        assert "x-secret" not in seen
        assert "ceo" not in str(seen)
        assert json.loads(it.server.bodies[0]) == CALL


async def test_who_may_not_pass_is_told_why_and_never_reaches_a_server() -> None:
    """Missing, foreign, spent and misdirected tokens, and people of other groups, stay outside."""
    async with visit() as it:
        good = it.bearer()["Authorization"]
        forged = good.rpartition(".")[0] + ".AAAA"
        refused: list[tuple[dict[str, str], str, int, str]] = [
            ({}, "presto", 401, "Jwt_is_missing"),
            ({"Authorization": "Basic YTpi"}, "presto", 401, "Jwt_is_missing"),
            ({"Authorization": "Bearer junk"}, "presto", 401, "Jwt_is_not_in_the_form"),
            ({"Authorization": forged}, "presto", 401, "Jwt_verification_fails"),
            (it.bearer(audience=REGISTRY_AUDIENCE), "presto", 403, "Audiences_in_Jwt"),
            (it.bearer("carol"), "presto", 403, "rbac_access_denied"),
            (it.bearer(), "no-such-server", 404, "No such server"),
            ({}, "no-such-server", 401, "Jwt_is_missing"),
        ]
        for headers, server, status, reason in refused:
            answer = await it.http.post(f"/{server}/mcp", json=CALL, headers=headers)
            assert answer.status_code == status, reason
            assert answer.text.startswith(reason)
            assert ("www-authenticate" in answer.headers) == (status == 401)
        assert it.server.seen == []
        assert [record["status"] for record in it.company.witness] == [
            status for _, _, status, _ in refused
        ]
        denied = it.company.witness[5]
        assert (denied["user"], denied["tool"]) == ("carol", "drop_table")


async def test_a_token_ends_at_its_expiry_and_not_before() -> None:
    """The gateway's clock decides, even for a token that it checked before."""
    async with visit() as it:
        it.company.provider.access_lifetime = 10
        bearer = it.bearer()
        assert (await it.http.post("/presto/mcp", json=CALL, headers=bearer)).status_code == 200
        it.now[0] += 9
        assert (await it.http.post("/presto/mcp", json=CALL, headers=bearer)).status_code == 200
        it.now[0] += 1
        late = await it.http.post("/presto/mcp", json=CALL, headers=bearer)
        assert (late.status_code, late.text) == (401, "Jwt_is_expired")


async def test_time_that_is_let_go_by_ends_the_tokens_that_there_are() -> None:
    """A token from before is too old, and the next one is not."""
    async with visit() as it:
        before = it.bearer()
        it.now[0] += 1
        it.company.clock.go_by(9 * 3600)
        late = await it.http.post("/presto/mcp", json=CALL, headers=before)
        assert (late.status_code, late.text) == (401, "Jwt_is_expired")
        it.now[0] += 1
        again = await it.http.post("/presto/mcp", json=CALL, headers=it.bearer())
        assert again.status_code == 200


async def test_keys_changed_in_an_emergency_end_every_token_at_once() -> None:
    """A token that the gateway knows already counts for no more than another of its key."""
    async with visit() as it:
        known = it.bearer()
        assert (await it.http.get("/presto/mcp", headers=known)).status_code == 200
        it.company.rotate_keys()
        assert (await it.http.get("/presto/mcp", headers=known)).status_code == 401
        assert (await it.http.get("/presto/mcp", headers=it.bearer())).status_code == 200


async def test_rotated_keys_are_learned_and_dropped_keys_no_longer_count() -> None:
    """A token of a new key passes at once; one of a key that is gone is refused."""
    async with visit() as it:
        old = it.bearer()
        it.company.provider.rotate_keys()
        assert (await it.http.get("/presto/mcp", headers=it.bearer())).status_code == 200
        assert (await it.http.get("/presto/mcp", headers=old)).status_code == 200
        unseen = it.bearer("bob")
        it.company.provider.rotate_keys(keep=False)
        assert (await it.http.get("/presto/mcp", headers=it.bearer())).status_code == 200
        assert (await it.http.get("/presto/mcp", headers=unseen)).status_code == 401


async def test_events_arrive_one_by_one() -> None:
    """The first event of a stream is there while the server still holds the second back."""
    async with visit() as it:
        headers = it.bearer()
        async with it.http.stream("POST", "/presto/stream", json=CALL, headers=headers) as answer:
            parts = answer.aiter_raw()
            assert await anext(parts) == b"data: 1\n\n"
            it.server.go_on.set()
            assert await anext(parts) == b"data: 2\n\n"
            assert [part async for part in parts] == []


async def test_a_client_that_leaves_is_gone_for_the_server_too() -> None:
    """Closing the connection in the middle of a stream closes the one behind the gateway."""
    async with visit() as it:
        headers = it.bearer()
        async with it.http.stream("POST", "/presto/stream", json=CALL, headers=headers) as answer:
            await anext(answer.aiter_raw())
        await it.server.left.wait()


async def test_a_broken_answer_stays_broken() -> None:
    """What breaks off behind the gateway is no complete answer in front of it."""
    async with visit() as it:
        with pytest.raises(httpx2.RemoteProtocolError):
            await it.http.post("/presto/broken", json=CALL, headers=it.bearer())


async def test_a_server_that_is_down_and_a_body_that_is_too_large_are_said_plainly() -> None:
    """503 with the gateway's words, and 413 before anything is passed on."""
    async with visit() as it:
        nowhere = it.company.destinations["presto"]
        it.company.destinations["down"] = type(nowhere)("http://127.0.0.1:1", nowhere.groups)
        down = await it.http.post("/down/mcp", json=CALL, headers=it.bearer())
        assert (down.status_code, down.text) == (503, "upstream connect error")
        large = await it.http.post("/presto/mcp", content=b"x" * 5_000_000, headers=it.bearer())
        assert large.status_code == 413
        assert it.server.seen == []


@pytest.mark.parametrize(
    ("body", "method", "tool"),
    [
        (CALL, "tools/call", "drop_table"),
        ({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, "tools/list", ""),
        ({"jsonrpc": "2.0", "id": 7, "result": {}}, "response", ""),
        ({"method": "tools/call", "params": {"name": 3}}, "tools/call", ""),
        ("text", "POST", ""),
    ],
)
async def test_the_witness_writes_down_what_arrived(
    tmp_path: Path, body: object, method: str, tool: str
) -> None:
    """Every message is one record in memory and one line in the file."""
    file = tmp_path / "witness.jsonl"
    async with visit(file) as it:
        await it.http.post("/presto/mcp", json=body, headers=it.bearer())
        expected: dict[str, Any] = {
            "at": NOW,
            "user": "alice",
            "server": "presto",
            "method": method,
            "tool": tool,
            "status": 200,
        }
        assert it.company.witness == [expected]
    assert [json.loads(line) for line in file.read_text().splitlines()] == [expected]
