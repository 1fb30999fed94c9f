"""Signing in once is enough for every window and every process, and no editor ever sees a 401."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from sandbox import browser
from sandbox.company import AUDIENCE, Company
from sandbox.editor import Editor
from tests.process import sealed
from tests.process.signing import Issued, Pages, sign_in
from tests.process.window import text

if TYPE_CHECKING:
    import pytest

    from tests.process.installation import Installation

READ = "presto_run_query"
SQL = "SELECT 42 AS answer"


async def test_two_windows_that_sign_in_at_once_show_one_page(
    portico: Installation, company: Company
) -> None:
    """The second joins the first; one sign-in at the provider serves both, and an AI client."""
    async with portico.editor() as one, portico.editor() as other:
        pages = Pages(one, other)
        asked = [asyncio.ensure_future(each.request("portico/signIn", {})) for each in (one, other)]
        page = await pages.next()
        await other.request("portico/status", {})
        await browser.sign_in(page, "alice")
        users = [(await each)["user"]["subject"] for each in asked]
        assert (users, pages.unread, company.provider.sign_ins) == (["alice"] * 2, 0, 1)
        window = await (await portico.window()).initialize()
        assert "42" in await window.text(READ, sql=SQL)


async def test_one_sign_in_serves_every_way_to_a_token(
    portico: Installation, company: Company
) -> None:
    """By refresh, in the issuer's parameter, by exchange, and by the company's word elsewhere."""
    window = await (await portico.window()).initialize()
    async with portico.editor() as editor:
        await sign_in(editor, "bob")
        assert "42" in await window.text(READ, sql=SQL)
        assert "app" in await window.text("spark_list_applications")
        assert await window.text("knowledge_search", query="warehouse")
        assert "FR" in await window.text("revenue_revenue_by_country", month="2026-05")
        told = {g["server"]: g for g in (await editor.request("portico/grants", {}))["grants"]}
    found = {server: (grant["way"], grant["held"], grant["why"]) for server, grant in told.items()}
    assert found["presto"] == ("refresh", True, "")
    assert found["revenue"] == ("refresh", True, "")
    assert found["spark"] == ("exchange", True, "")
    assert found["knowledge"] == ("enterprise", True, "")
    assert found["notebook"][1] is False, "a server that is withheld is sent nothing"
    assert company.vendor is not None
    assert told["knowledge"]["issuer"] == company.vendor.issuer
    assert (company.provider.sign_ins, company.provider.reuses, company.vendor.given) == (1, 0, 1)


async def test_a_token_that_the_gateway_refuses_is_renewed_unseen(
    portico: Installation, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 401 costs one refresh, however many calls meet it at once, and nobody notices."""
    issued = Issued(company, monkeypatch)
    window = await (await portico.window()).initialize()
    async with portico.editor() as editor:
        await sign_in(editor, "alice")
    assert "42" in await window.text(READ, sql=SQL)
    before = issued.audiences.count(AUDIENCE)
    issued.expire()
    calls = [window.call(READ, sql=SQL) for _ in range(5)]
    assert all(["42" in text(await window.answer(call)) for call in calls])
    assert issued.audiences.count(AUDIENCE) == before + 1
    assert company.provider.reuses == 0


async def test_a_sign_in_that_has_ended_is_a_sentence_for_a_person(
    portico: Installation, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Expired and revoked, a call says what to do; nothing in it could start an editor's login."""
    issued = Issued(company, monkeypatch)
    window = await (await portico.window()).initialize()
    async with portico.editor() as editor:
        await sign_in(editor, "alice")
        assert "42" in await window.text(READ, sql=SQL)
        company.provider.revoke_all()
        issued.expire()
        told = await window.answer(window.call(READ, sql=SQL))
        assert told["result"]["isError"] is True
        assert "portico login" in text(told)
        assert (await window.ask("ping"))["result"] == {}
        assert "portico login" in await window.text("portico_status")
        await sign_in(editor, "alice")
        assert "42" in await window.text(READ, sql=SQL)
    read = "".join(window.lines)
    assert "401" not in read
    assert "www-authenticate" not in read.lower()


async def test_two_processes_that_refresh_at_once_rotate_once(
    portico: Installation, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both share the sealed sign-in; whoever is second takes what the first received."""
    issued = Issued(company, monkeypatch)
    command = [sys.executable, "-I", sealed.__file__, f"{portico.home.root}/keyring"]
    async with Editor.start([*command, "lsp"], env=portico.environment) as editor:
        await sign_in(editor, "alice")
    windows = [await (await portico.start([*command, "mcp"])).initialize() for _ in range(2)]
    for window in windows:
        assert "42" in await window.text(READ, sql=SQL)
    before = issued.audiences.count(AUDIENCE)
    issued.expire()
    told = await asyncio.gather(*(window.text(READ, sql=SQL) for window in windows))
    assert ["42" in each for each in told] == [True, True], told
    assert issued.audiences.count(AUDIENCE) == before + 1
    assert company.provider.reuses == 0
    assert [(await window.leave())[0] for window in windows] == [0, 0]
