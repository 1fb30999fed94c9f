"""However many processes hold the sign-in, and however they end, each token is renewed once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sandbox import browser
from sandbox.company import AUDIENCE, REGISTRY_AUDIENCE, Company
from tests.process.holder import Holder, account
from tests.process.signing import Issued, sign_in
from tests.process.window import text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest

    from tests.process.installation import Installation

LONGER_THAN_A_TOKEN = "later 400"
TOKEN = f"token {AUDIENCE}"


async def signed_in(folder: Path, company: Company) -> None:
    """Sign in as a person does, in this process."""
    person = account(str(folder), company.issuer)
    visits: list[asyncio.Task[object]] = []

    async def page(url: str) -> bool:
        visits.append(asyncio.ensure_future(browser.sign_in(url, "alice")))
        return True

    await person.sign_in(page)
    await asyncio.gather(*visits)
    await person.aclose()


@asynccontextmanager
async def holders(folder: Path, company: Company, count: int) -> AsyncIterator[list[Holder]]:
    """Processes that hold the sign-in of this folder."""
    started = [await Holder.start(str(folder), company.issuer) for _ in range(count)]
    try:
        yield started
    finally:
        for holder in started:
            if holder.process.returncode is None:
                await holder.kill()


async def told(holders: list[Holder], line: str) -> list[str]:
    """Tell all of them the same at once; their answers."""
    return await asyncio.gather(*(holder.ask(line) for holder in holders))


async def test_eight_processes_and_three_expiries_are_three_refreshes(tmp_path: Path) -> None:
    """Each time whoever is first refreshes, and the seven others use what that one received."""
    async with Company(applications={}) as company:
        await signed_in(tmp_path, company)
        async with holders(tmp_path, company, 8) as processes:
            before = set(await told(processes, TOKEN))
            assert len(before) == 1
            for expiry in (1, 2, 3):
                await told(processes, LONGER_THAN_A_TOKEN)
                tokens = set(await told(processes, TOKEN))
                assert len(tokens) == 1
                assert not tokens & before
                before |= tokens
                assert company.provider.refreshes == expiry
        assert company.provider.reuses == 0


async def killed_in_a_refresh(holder: Holder, company: Company) -> None:
    """Kill a process after the issuer spent its refresh token and before it has an answer."""
    spent, leave = asyncio.Event(), asyncio.Event()

    async def keep_back() -> None:
        spent.set()
        await leave.wait()

    company.provider.on_spent = keep_back
    assert await holder.ask(LONGER_THAN_A_TOKEN) == "later"
    holder.tell(TOKEN)
    await asyncio.wait_for(spent.wait(), 120)
    await holder.kill()
    company.provider.on_spent = None
    leave.set()


async def test_a_kill_in_a_refresh_costs_nothing_where_the_issuer_has_a_grace(
    tmp_path: Path,
) -> None:
    """The lock ends with its owner, and whoever is next repeats what may be repeated."""
    async with Company(applications={}) as company:
        company.provider.allow_grace(600)
        await signed_in(tmp_path, company)
        async with holders(tmp_path, company, 3) as (first, *others):
            await killed_in_a_refresh(first, company)
            await told(others, LONGER_THAN_A_TOKEN)
            [token] = set(await told(others, TOKEN))
            assert token.count(".") == 2
        assert company.provider.refreshes == 2
        assert (company.provider.reuses, company.provider.sign_ins) == (0, 1)


async def test_a_kill_in_a_refresh_costs_at_most_one_quiet_sign_in(tmp_path: Path) -> None:
    """A strict issuer sees one spent token once: nobody shows it again, and no page opens."""
    async with Company(applications={}) as company:
        await signed_in(tmp_path, company)
        async with holders(tmp_path, company, 4) as (first, *others):
            await killed_in_a_refresh(first, company)
            await told(others, LONGER_THAN_A_TOKEN)
            for audience in (AUDIENCE, REGISTRY_AUDIENCE, AUDIENCE):
                assert set(await told(others, f"token {audience}")) == {"sign-in-needed"}
            assert (company.provider.reuses, company.provider.sign_ins) == (1, 1)
            await signed_in(tmp_path, company)
            [token] = set(await told(others, TOKEN))
            assert token.count(".") == 2
            await told(others, LONGER_THAN_A_TOKEN)
            [later] = set(await told(others, TOKEN))
            assert later not in {token, "sign-in-needed"}
        assert company.provider.reuses == 1, "the new sign-in is none of the old one's business"


async def test_fifty_calls_on_a_refused_token_are_one_refresh(
    portico: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through one hub, with the gateway saying 401 to each of them."""
    async with Company() as company:
        portico.configure(company.configuration())
        issued = Issued(company, monkeypatch)
        window = await (await portico.window()).initialize()
        async with portico.editor() as editor:
            await sign_in(editor, "alice")
        sql = "SELECT 42 AS answer"
        assert "42" in await window.text("presto_run_query", sql=sql)
        before = issued.audiences.count(AUDIENCE)
        issued.expire()
        calls = [window.call("presto_run_query", sql=sql) for _ in range(50)]
        answers = [text(await window.answer(call)) for call in calls]
        assert all("42" in answer for answer in answers)
        assert issued.audiences.count(AUDIENCE) == before + 1
        assert company.provider.reuses == 0
