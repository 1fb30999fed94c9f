"""The registry tells each caller what that caller may know."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx2

from sandbox.catalog import GOVERNANCE, OFFICIAL
from sandbox.company import AUDIENCE, REGISTRY_AUDIENCE, Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive, Scope, Send

SERVERS = "/v0.1/servers"


async def silent(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that is listed and never called."""


@asynccontextmanager
async def registry() -> AsyncIterator[tuple[Company, httpx2.AsyncClient, dict[str, str]]]:
    """A company, a client at its registry, and the headers of a signed-in reader."""
    names = ("presto", "spark", "knowledge", "revenue")
    async with (
        Company(applications=dict.fromkeys(names, silent)) as company,
        httpx2.AsyncClient(base_url=company.registry, trust_env=False) as http,
    ):
        token = company.provider.access_token("alice", REGISTRY_AUDIENCE)
        yield company, http, {"Authorization": f"Bearer {token}"}


def names(body: dict[str, Any]) -> list[str]:
    """Short names on a page."""
    return [row["server"]["name"].removeprefix("com.example.corp/") for row in body["servers"]]


async def test_pages_join_to_the_whole_list() -> None:
    """Following the cursor gives every entry once, in order, and then no cursor."""
    async with registry() as (company, http, signed_in):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            asked = {"limit": "4", **cursor}
            body = (await http.get(SERVERS, params=asked, headers=signed_in)).json()
            assert body["metadata"]["count"] == len(body["servers"]) <= 4
            seen += names(body)
            if "nextCursor" not in body["metadata"]:
                break
            cursor = {"cursor": body["metadata"]["nextCursor"]}
        assert seen == ["incidents", "knowledge", "notebook", "presto", "revenue", "spark"]
        assert company.listing.requests == 2
        for wrong in ("0", "101", "many"):
            assert (await http.get(SERVERS, params={"limit": wrong})).status_code == 400


async def test_an_unchanged_list_is_not_sent_again() -> None:
    """The ETag gives 304 until an entry changes, and a stranger's is another one."""
    async with registry() as (company, http, signed_in):
        first = await http.get(SERVERS, headers=signed_in)
        known = {"If-None-Match": first.headers["etag"]}
        same = await http.get(SERVERS, headers=signed_in | known)
        assert (same.status_code, same.content) == (304, b"")
        assert (await http.get(SERVERS, headers=known)).status_code == 200

        company.listing.entries[0]["_meta"][OFFICIAL]["status"] = "deleted"
        changed = await http.get(SERVERS, headers=signed_in | known)
        assert changed.status_code == 200
        assert len(changed.json()["servers"]) == 5


async def test_strangers_see_public_fields_only() -> None:
    """Without a token there is no governance and no hidden entry; a bad token is refused."""
    async with registry() as (company, http, signed_in):
        full = (await http.get(SERVERS, headers=signed_in)).json()
        assert all(GOVERNANCE in row["_meta"] for row in full["servers"])
        public = (await http.get(SERVERS)).json()
        assert names(public) == ["knowledge", "notebook", "presto", "revenue", "spark"]
        assert not any(GOVERNANCE in row["_meta"] for row in public["servers"])

        elsewhere = company.provider.access_token("alice", AUDIENCE)
        for bad in (elsewhere, "junk"):
            refused = await http.get(SERVERS, headers={"Authorization": f"Bearer {bad}"})
            assert refused.status_code == 401
            assert "invalid_token" in refused.headers["www-authenticate"]


async def test_one_server_is_found_by_its_encoded_name() -> None:
    """Name and version lead to one entry; browsers of any origin may ask."""
    async with registry() as (company, http, signed_in):
        path = f"{SERVERS}/com.example.corp%2Fpresto/versions"
        found = await http.get(f"{path}/latest", headers=signed_in)
        remote = found.json()["server"]["remotes"][0]
        assert remote == {"type": "streamable-http", "url": f"{company.gateway}/presto/mcp"}
        assert (await http.get(f"{path}/1.0.0")).status_code == 200
        assert (await http.get(f"{path}/9.9.9")).status_code == 404
        assert names((await http.get(path)).json()) == ["presto"]
        hidden = f"{SERVERS}/com.example.corp%2Fincidents/versions/latest"
        assert (await http.get(hidden)).status_code == 404

        asking = {"Origin": "https://editor.example", "Access-Control-Request-Method": "GET"}
        asking["Access-Control-Request-Headers"] = "Authorization"
        allowed = await http.options(SERVERS, headers=asking)
        assert allowed.headers["access-control-allow-origin"] == "*"


async def test_reviews_of_offered_servers_are_current() -> None:
    """Only the notebook waits for a review, and no approval has run out."""
    async with registry() as (_, http, signed_in):
        rows = (await http.get(SERVERS, headers=signed_in)).json()["servers"]
        waiting = {
            row["server"]["name"]
            for row in rows
            for review in row["_meta"][GOVERNANCE]["reviews"].values()
            if review["state"] != "approved"
        }
        assert waiting == {"com.example.corp/notebook"}
