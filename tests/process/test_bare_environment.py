"""A machine at the far end of SSH: no D-Bus, display or browser, and two variables."""

from __future__ import annotations

import asyncio
import os
import re
from typing import TYPE_CHECKING

import pytest

from sandbox import browser
from sandbox.editor import Editor
from tests.process.installation import LAUNCHER, PATIENCE

if TYPE_CHECKING:
    from sandbox.company import Company
    from tests.process.box import Box
    from tests.process.installation import Installation

_WITH_CODE = re.compile(rb"(http://127\.0\.0\.1:\d+/\S+code=\S+)\r?\n")
_PAGE = re.compile(rb"http://127\.0\.0\.1:\d+/\S+")


@pytest.fixture
def bare(portico: Installation) -> Installation:
    """What is left where nothing of a desktop is."""
    home = portico.environment["PORTICO_HOME"]
    portico.environment.clear()
    portico.environment |= {"PATH": "/usr/bin:/bin", "PORTICO_HOME": home}
    return portico


async def test_editor_and_client_work_in_a_bare_environment(bare: Installation, box: Box) -> None:
    """`portico mcp` calls, `portico lsp` is asked, and neither misses a desktop."""
    host = await (await bare.window()).initialize()
    async with bare.editor() as editor:
        assert (await editor.request("portico/status", {}))["servers"][0]["server"] == "box"
    assert await host.text("box_read") == "read"
    assert box.calls == ["read"]


async def test_a_sign_in_by_a_printed_address_works_in_a_bare_environment(
    bare: Installation, company: Company
) -> None:
    """The terminal shows a page with a code, for a browser anywhere; the status says how long."""
    screen, terminal = os.openpty()
    try:
        login = await asyncio.create_subprocess_exec(
            LAUNCHER,
            "login",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=terminal,
            env=bare.environment,
            cwd=bare.project,
        )
        url = await asyncio.wait_for(asyncio.to_thread(_address, screen), PATIENCE)
        await browser.sign_in(url, "alice")
        assert await asyncio.wait_for(login.wait(), PATIENCE) == 0
    finally:
        os.close(terminal)
        os.close(screen)
    said = await bare.run("status")
    assert "there is no keyring to keep it" in " ".join((said.out + said.errors).split())
    assert company.provider.sign_ins == 1


async def test_an_editor_that_opens_no_page_is_shown_its_address(
    bare: Installation, company: Company
) -> None:
    """A sign-in from an editor without a browser says where to go, and waits for it."""
    told: asyncio.Queue[str] = asyncio.Queue()

    async def show(params: dict[str, str]) -> None:
        told.put_nowait(params["message"])

    async def refuse(_: dict[str, str]) -> object:
        return {"success": False}

    command = [LAUNCHER, "lsp"]
    async with Editor.start(command, env=bare.environment, workspace=str(bare.project)) as editor:
        editor.on("window/showMessage", show)
        editor.on("window/showDocument", refuse)
        signing = asyncio.ensure_future(editor.request("portico/signIn", {}, patience=PATIENCE))
        found = None
        while found is None:
            found = _PAGE.search((await asyncio.wait_for(told.get(), PATIENCE)).encode())
        await browser.sign_in(found[0].decode(), "alice")
        assert (await signing)["user"]["storage"] == "memory"
    assert company.provider.sign_ins == 1


def _address(screen: int) -> str:
    """The page that has the code already, as soon as a terminal shows all of its address."""
    said = b""
    while (found := _WITH_CODE.search(said)) is None:
        said += os.read(screen, 4096)
    return found[1].decode()
