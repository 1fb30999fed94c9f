"""Being a sandbox: the process that `portico sandbox up` leaves behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox import lever
from sandbox.company import Company
from sandbox.people import PEOPLE
from sandbox.running import Folder, State, replace, started
from sandbox.scenario.shelf import SCENARIOS
from sandbox.serving import Door

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from sandbox.scenario.scenario import Scenario


async def stay(
    folder: Folder, scenario: str, person: str, ready: Callable[[State], None]
) -> signal.Signals:
    """Be the sandbox until a signal ends it; which one that was.

    Args:
        folder: Its folder, which nobody may hold.
        scenario: The story that it plays, or "".
        person: Whom its sign-in page takes everybody for, or "".
        ready: Told once it answers.

    Raises:
        Trouble: Another sandbox holds the folder.
    """
    story = SCENARIOS.get(scenario)
    with folder.held():
        company = Company(
            applications=story.applications() if story and story.applications else None,
            witness_file=folder.witness,
            ports=_ports(folder.last()),
            setup_key=folder.setup_key,
        )
        stop = _stop()
        async with company:
            company.provider.person = person
            if story is not None:
                story.begin(company)
            replace(folder.home / "portico.toml", company.configuration())
            state = _state(folder, company, scenario, person)
            async with _levers(folder, company, state, story):
                folder.write(state)
                ready(state)
                return await stop


def _stop() -> asyncio.Future[signal.Signals]:
    """The first signal that ends us."""
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[signal.Signals] = loop.create_future()

    def end(word: signal.Signals) -> None:
        """Take the first signal for the reason."""
        if not stop.done():
            stop.set_result(word)

    for word in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(word, end, word)
    return stop


def _state(folder: Folder, company: Company, scenario: str, person: str) -> State:
    pid = os.getpid()
    titles = {
        str(entry["server"]["name"]).rpartition("/")[2]: str(entry["server"]["title"])
        for entry in company.listing.entries
    }
    return State(
        pid=pid,
        started=started(pid),
        issuer=company.issuer,
        registry=company.registry,
        gateway=company.gateway,
        setup=company.setup_url,
        fingerprint=company.setup.fingerprint,
        servers=titles,
        home=str(folder.home),
        witness=str(folder.witness),
        log=str(folder.log),
        scenario=scenario,
        person=person,
    )


@contextlib.asynccontextmanager
async def _levers(
    folder: Folder, company: Company, state: State, story: Scenario | None
) -> AsyncIterator[None]:
    """Obey what people say to the sandbox, for the length of the block."""
    turned = False

    def turn(_: str) -> str:
        nonlocal turned
        if story is None or not story.turned:
            return ""
        if not turned:
            turned = True
            story.turn(company)
        return story.turned

    def play(login: str) -> str:
        company.provider.person = login if login in PEOPLE else ""
        folder.write(_state(folder, company, state.scenario, company.provider.person))
        return company.provider.person

    levers = lever.Levers({"turn": turn, "person": play})
    door = Door()
    await door.open(levers.application())
    try:
        replace(folder.levers, lever.describe(door.url, levers.secret))
        yield
    finally:
        await door.close()
        folder.levers.unlink(missing_ok=True)


def _ports(last: State | None) -> Mapping[str, int]:
    """The ports of the last time, so that a hub that knows them finds the company again."""
    if last is None:
        return {}
    return {
        part: urlsplit(url).port or 0
        for part, url in (
            ("issuer", last.issuer),
            ("registry", last.registry),
            ("gateway", last.gateway),
            ("setup", last.setup),
        )
    }
