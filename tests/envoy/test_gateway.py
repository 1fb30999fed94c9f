"""Through a real Envoy: each refusal is a sentence for a person, and the server sees who calls."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from sandbox.company import AUDIENCE, Company
from sandbox.servers import applications
from tests.envoy.gateway import REFUSED_TOOL, running
from tests.process.signing import sign_in
from tests.process.window import text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tests.process.installation import Installation
    from tests.process.window import Window

QUERY = "SELECT 42 AS answer"


class Witness:
    """A server's door, which remembers each request: its headers and its JSON-RPC message."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application
        self.seen: list[tuple[dict[str, str], dict[str, Any]]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Remember a request and pass it on."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        body = b""

        async def heard() -> Message:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body", False) and message["type"] == "http.request":
                fields = {k.decode(): v.decode() for k, v in scope["headers"]}
                self.seen.append((fields, json.loads(body or b"{}")))
            return message

        await self._application(scope, heard, send)

    def calls(self) -> list[tuple[dict[str, str], dict[str, Any]]]:
        """Every call of a tool that arrived."""
        return [one for one in self.seen if one[1].get("method") == "tools/call"]


class Estate:
    """A company whose gateway is Envoy."""

    def __init__(self, company: Company, witness: Witness, url: str) -> None:
        self.company = company
        self.witness = witness
        self.url = url
        self.tokens: list[str] = []


@contextlib.asynccontextmanager
async def estate(
    folder: Path, portico: Installation, user: str, audience: str = AUDIENCE
) -> AsyncIterator[tuple[Estate, Window]]:
    """The company with `user` signed in, and an AI client of theirs."""
    served: dict[str, ASGIApp] = {**applications()}
    witness = served["presto"] = Witness(served["presto"])
    async with (
        Company(applications=served) as company,
        running(
            folder,
            issuer=company.issuer,
            server=company.servers["presto"],
            audience=audience,
            group="data-eng",
        ) as url,
    ):
        entries = json.dumps(company.listing.entries).replace(company.gateway, url)
        company.listing.entries[:] = json.loads(entries)
        made = Estate(company, witness, url)
        _remember_tokens(company, made.tokens)
        portico.configure(company.configuration().replace(company.gateway, url))
        async with portico.editor() as editor:
            await sign_in(editor, user)
        yield made, await (await portico.window()).initialize()
        await portico.shut()


def _remember_tokens(company: Company, tokens: list[str]) -> None:
    mint = company.provider._mint
    give = mint.access_token

    def given(*asked: Any) -> str:  # noqa: ANN401 - whatever the mint takes.
        tokens.append(give(*asked))
        return tokens[-1]

    mint.access_token = given  # type: ignore[method-assign, assignment]  # a listener


async def test_the_server_learns_who_calls_and_never_sees_the_token(
    tmp_path: Path, portico: Installation
) -> None:
    """Name and groups arrive as the gateway read them; a forged header is not believed."""
    async with estate(tmp_path, portico, "alice") as (there, window):
        assert "42" in await window.text("presto_run_query", query=QUERY)
        ((fields, message),) = there.witness.calls()
        assert (fields["x-forwarded-user"], "data-eng" in fields["x-forwarded-groups"]) == (
            "alice",
            True,
        )
        assert "authorization" not in fields
        assert message["params"]["name"] == "run_query"
        forged = {
            "authorization": f"Bearer {there.tokens[-1]}",
            "x-forwarded-user": "ceo",
            "x-forwarded-groups": "everything",
            "accept": "application/json, text/event-stream",
        }
        asked = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        there.witness.seen.clear()
        async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:
            for token in reversed(there.tokens):
                forged["authorization"] = f"Bearer {token}"
                answer = await client.post(f"{there.url}/presto/mcp", json=asked, headers=forged)
                if answer.status_code not in {401, 403}:
                    break
        seen = [fields for fields, _ in there.witness.seen]
        assert {fields["x-forwarded-user"] for fields in seen} == {"alice"}
        assert not [fields for fields in seen if "everything" in fields["x-forwarded-groups"]]


async def test_a_tool_that_the_gateway_refuses_is_the_gateways_word(
    tmp_path: Path, portico: Installation
) -> None:
    """403 for one tool says who refused and whom to ask; the server never hears of the call."""
    async with estate(tmp_path, portico, "alice") as (there, window):
        told = await window.answer(window.call(f"presto_{REFUSED_TOOL}"))
        assert told["result"]["isError"] is True
        assert "refused you (HTTP 403)" in text(told)
        assert "[upstream-forbidden]" in text(told)
        assert there.witness.calls() == []
        assert "42" in await window.text("presto_run_query", query=QUERY)


async def test_somebody_of_another_group_is_told_and_keeps_their_sign_in(
    tmp_path: Path, portico: Installation
) -> None:
    """The gateway's own table is stricter than the registry: a sentence, and no sign-in again."""
    async with estate(tmp_path, portico, "bob") as (there, window):
        told = text(await window.answer(window.call("presto_run_query", query=QUERY)))
        assert "(HTTP 403)" in told
        assert "[upstream-forbidden]" in told
        assert there.witness.seen == []
        assert (await portico.run("whoami", "--json")).json["user"]["subject"] == "bob"
        assert there.company.provider.sign_ins == 1


async def test_a_token_for_another_audience_is_a_matter_for_the_company(
    tmp_path: Path, portico: Installation
) -> None:
    """Envoy says 403 to it, not 401; nobody is sent to sign in again for it."""
    other = "https://other.corp.example/"
    async with estate(tmp_path, portico, "alice", other) as (there, window):
        told = text(await window.answer(window.call("presto_run_query", query=QUERY)))
        assert "Audiences in Jwt are not allowed" in told.replace("_", " ")
        assert "[upstream-forbidden]" in told
        assert there.witness.seen == []


async def test_without_a_token_the_gateway_wants_one(tmp_path: Path, portico: Installation) -> None:
    """A server written by hand that sends none meets 401, and the person is told."""
    async with estate(tmp_path, portico, "alice") as (there, _):
        await portico.run("hub", "stop")
        there.witness.seen.clear()
        portico.configure(f'[servers.bare]\nurl = "{there.url}/presto/mcp"\nrisk = "read"\n')
        window = await (await portico.window()).initialize()
        told = text(await window.answer(window.call("bare_run_query", query=QUERY)))
        assert "(HTTP 401)" in told
        assert there.witness.seen == []


@pytest.mark.parametrize("keep", [True, False], ids=["planned", "emergency"])
async def test_keys_that_the_gateway_has_not_fetched_yet_cost_a_pause_and_no_sign_in(
    tmp_path: Path, portico: Installation, *, keep: bool
) -> None:
    """The call waits until the gateway knows the new key, and then goes through."""
    async with estate(tmp_path, portico, "alice") as (there, window):
        assert "42" in await window.text("presto_run_query", query=QUERY)
        there.company.provider.rotate_keys(keep=keep)
        assert "42" in await window.text("presto_run_query", query=QUERY)
        assert there.company.provider.sign_ins == 1
        assert there.company.provider.reuses == 0
        assert len(there.witness.calls()) == 2
