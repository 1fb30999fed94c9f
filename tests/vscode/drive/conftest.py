"""These tests need what `make vscode` installs; else none is read."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from sandbox.company import Company
from tests.process.installation import Installation
from tests.vscode.drive.window import EditorWindow, picture
from tests.vscode.drive.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator

    from playwright.async_api import BrowserContext, Route

collect_ignore_glob = [] if os.environ.get("PORTICO_TEST_DRIVE") else ["test_*.py"]

PATIENCE = int(os.environ.get("PORTICO_TEST_PATIENCE", "90000"))
"""Milliseconds that any one thing may take to appear."""

_SIZE = {"width": 1180, "height": 760}
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_FORWARDED = re.compile(r"http://127\.0\.0\.1:\d+/proxy/(\d+)(.*)")
"""How code-server calls a port of loopback, for people whose browser is elsewhere."""

shared = pytest_asyncio.fixture(scope="session", loop_scope="session")


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether the test itself failed, for `looking_on`."""
    report = yield
    item.stash[_FAILED] = report.when == "call" and report.failed
    return report


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def looking_on(request: pytest.FixtureRequest, screen: BrowserContext) -> AsyncIterator[None]:
    """Leave a picture of every window where a test failed."""
    yield
    if request.node.stash.get(_FAILED, False):
        for number, page in enumerate(screen.pages):
            await picture(page, f"failed-{request.node.name}-{number}")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all of it lives; what a test leaves there is looked at after a failure."""
    return tmp_path_factory.mktemp("drive")


@shared
async def company() -> AsyncIterator[Company]:
    """The company in a box."""
    async with Company() as company:
        yield company


@shared
async def portico(folder: Path, company: Company) -> AsyncIterator[Installation]:
    """A home of Portico that belongs to it; its hub ends last."""
    installation = Installation(folder)
    installation.configure(company.configuration())
    yield installation
    await installation.close()


@shared
async def workbench(folder: Path, portico: Installation) -> AsyncIterator[Workbench]:
    """VS Code, served."""
    # Its path is in what people read, and so in the pictures.
    with tempfile.TemporaryDirectory(prefix="drive-") as home:
        workbench = Workbench(folder / "vscode", Path(home), Path(portico.home.root))
        await workbench.start()
        yield workbench
        await workbench.close()


@shared
async def screen() -> AsyncIterator[BrowserContext]:
    """A browser in front of it, which is the person's browser, too."""
    # In a folder of its own, which only `make vscode` puts on the path.
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ["PORTICO_TEST_CHROMIUM"], args=_FLAGS
        )
        context = await browser.new_context(viewport=_SIZE)
        context.set_default_timeout(PATIENCE)
        await context.route(_FORWARDED, _directly)
        yield context
        await browser.close()


async def _directly(route: Route) -> None:
    """Lead the person's browser to the port itself, as on a desktop."""
    found = _FORWARDED.match(route.request.url)
    assert found is not None
    port, rest = found.groups()
    await route.fulfill(status=302, headers={"location": f"http://127.0.0.1:{port}{rest}"})


@shared
async def window(screen: BrowserContext, workbench: Workbench) -> EditorWindow:
    """A window in which alice signed in, which she paired, and whose own client knows Portico."""
    window = await EditorWindow.open(screen, workbench, "webshop")
    await window.sign_in("Alice")
    await window.page.locator('.activitybar [aria-label^="Portico"]').first.click()
    await window.start_server()
    return window
