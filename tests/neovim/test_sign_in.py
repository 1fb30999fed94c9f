"""Signing in and pairing from a real Neovim, against the company in a box."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.browser import Browser
from tests.process.window import text
from tests.screenless import client, until

if TYPE_CHECKING:
    from sandbox.company import Company
    from tests.neovim.neovim import Neovim
    from tests.process.installation import Installation

SECRET_TOOL = """#!/bin/sh
# A keyring of one secret, in a file of the test.
case "$1" in
  store) cat > "$KEYRING" ;;
  lookup) cat "$KEYRING" ;;
esac
"""


async def sign_in(neovim: Neovim, browser: Browser) -> None:
    """Sign in from Neovim as the browser's person."""
    await neovim.command("Portico login")
    await browser.open(await neovim.next("open"))
    await neovim.told("signed in as alice.")


async def test_signing_in_from_neovim_opens_the_page_and_says_who_it_is(
    company: Company, neovim: Neovim
) -> None:
    """`:Portico login` opens the browser, and the statusline has the name; logout takes it away."""
    await neovim.start()
    await neovim.status(lambda said: said == "Portico: sign in")
    async with Browser.start("alice") as browser:
        await sign_in(neovim, browser)
    await neovim.status(lambda said: said == "Portico: alice")
    await neovim.command("Portico logout")
    await neovim.status(lambda said: said == "Portico: sign in")
    assert company.provider.sign_ins == 1


@pytest.mark.usefixtures("company")
async def test_a_paired_neovim_is_asked_about_what_is_destructive(
    portico: Installation, neovim: Neovim
) -> None:
    """Before the pairing it may not; the person accepts it on the page, and then it is asked."""
    await neovim.start()
    host = await client(portico)
    async with Browser.start("alice") as browser:
        await sign_in(neovim, browser)
        number = host.call("presto_drop_table", table="dev_alice.scratch")
        invitation = await neovim.next("select")
        await neovim.pick(invitation, "Open Portico's page")
        await browser.open(await neovim.next("open"))
        assert "Neovim" in browser.words
        assert await browser.pair() == 1
    host.send({"method": "notifications/cancelled", "params": {"requestId": number}})
    number = host.call("presto_drop_table", table="dev_alice.scratch")
    prompt = await neovim.next("select")
    assert prompt["prompt"] == "DESTRUCTIVE: run “drop_table” on Presto?"
    assert "run by data-platform" in await neovim.sees()
    await neovim.pick(prompt, "Allow once")
    assert "dev_alice.scratch" in text(await host.answer(number))


@pytest.mark.usefixtures("company")
async def test_a_neovim_with_a_keyring_stays_paired(portico: Installation, neovim: Neovim) -> None:
    """The key goes to the keyring's own program by a pipe, and the next Neovim brings it again."""
    tools = portico.project.parent / "bin"
    tools.mkdir()
    program, kept = tools / "secret-tool", tools / "kept"
    program.write_text(SECRET_TOOL)
    program.chmod(0o755)
    neovim.environment |= {
        "PATH": f"{tools}:{neovim.environment['PATH']}",
        "KEYRING": str(kept),
    }
    await neovim.start()
    async with Browser.start("alice") as browser:
        await sign_in(neovim, browser)
        assert "for good" in browser.words or "Pair" in browser.words
        await browser.pair()
    await neovim.leave()
    assert len(kept.read_text()) == 43
    await neovim.start()
    await neovim.status(lambda said: said == "Portico: alice")
    while not await neovim.run("return require('portico.client').paired"):
        await neovim.next("status")
    written = [path.read_bytes() for path in kept.parents[1].rglob("*") if path.is_file()]
    assert sum(kept.read_bytes() in text for text in written) == 1


@pytest.mark.usefixtures("company")
async def test_without_a_keyring_a_pairing_lasts_until_the_window_closes(neovim: Neovim) -> None:
    """Nothing is written to a file that an agent could read; the status and the health say so."""
    neovim.environment["PATH"] = "/usr/bin:/bin"
    await neovim.start()
    unkept = await neovim.run("return require('portico.client').unkept")
    assert "secret-tool" in unkept
    await neovim.command("checkhealth portico")
    read = await neovim.reads()
    assert "A window is paired until it closes" in read
    assert "This window is connected to the hub" in read


@pytest.mark.usefixtures("company")
async def test_where_there_is_no_browser_a_window_shows_where_to_sign_in(neovim: Neovim) -> None:
    """Over SSH nothing is opened that nobody sees; what the hub says instead can be copied."""
    del neovim.environment["BROWSER"]
    await neovim.start()
    await neovim.command("Portico login")
    said = await until(neovim.reads, lambda text: "http://127.0.0.1" in text)
    assert neovim.unseen("open") == 0
    async with Browser.start("alice") as browser:
        await browser.open(next(word for word in said.split()[::-1] if word.startswith("http")))
    await neovim.told("signed in as alice.")
