"""Portico in a real Emacs by eglot alone: signing in, and answering what is asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from sandbox.browser import Browser
from tests.process.installation import PATIENCE
from tests.process.window import text
from tests.screenless import client, until

if TYPE_CHECKING:
    from sandbox.company import Company
    from tests.emacs.emacs import Emacs
    from tests.process.box import Box
    from tests.process.installation import Installation


async def test_signing_in_from_emacs_opens_the_page_and_says_who_it_is(
    company: Company, emacs: Emacs
) -> None:
    """`M-x portico-sign-in` opens the browser, and the buffer says who is signed in."""
    await emacs.start()
    await emacs.run("(portico-sign-in)")
    async with Browser.start("alice") as browser:
        await browser.open(await emacs.next("open"))
    await emacs.told("signed in as alice.")
    await until(emacs.reads, lambda text: "Signed in as alice." in text)
    await emacs.run("(portico-sign-out)")
    await emacs.told("signed out.")
    assert company.provider.sign_ins == 1


async def test_a_call_runs_after_a_yes_and_not_after_a_no(
    portico: Installation, box: Box, emacs: Emacs
) -> None:
    """The question shows the arguments; its default is the no, and quitting is one."""
    await emacs.start()
    host = await client(portico)
    number = host.call("box_drop", table="dev.x")
    prompt = await emacs.next("select")
    assert prompt["prompt"].startswith("DESTRUCTIVE: run")
    assert '"table":"dev.x"' in prompt["text"].replace(": ", ":")
    assert prompt["labels"][0].startswith("Deny")
    assert f"(empty: {prompt['labels'][0]})" in prompt["prompt"]
    await emacs.choose(prompt, "Allow once")
    assert text(await host.answer(number)) == "drop"
    number = host.call("box_drop", table="dev.y")
    await emacs.choose(await emacs.next("select"), "Deny")
    assert "said no" in text(await host.answer(number))
    number = host.call("box_drop", table="dev.z")
    await emacs.next("select")
    await emacs.run("(setq person-answer 'none)")
    assert text(await host.answer(number)) != "drop"
    assert box.calls == ["drop"]


@pytest.mark.usefixtures("box")
async def test_of_several_calls_at_once_each_is_answered_by_itself(
    portico: Installation, emacs: Emacs
) -> None:
    """A batch is one question; reviewed one by one, each call has an answer of its own."""
    await emacs.start()
    host = await client(portico)
    await host.tools()
    calls = [host.call("box_drop", table=f"dev.t{n}") for n in range(3)]
    prompt = await emacs.next("select")
    assert prompt["labels"][0].startswith("None")
    await emacs.choose(prompt, "Review one by one")
    for title in ("Deny", "Allow once", "Deny"):
        await emacs.choose(await emacs.next("select"), title)
    answers = [text(await host.answer(call)) for call in calls]
    assert [answer == "drop" for answer in answers] == [False, True, False]


async def test_a_withdrawn_call_takes_its_question_away(
    portico: Installation, box: Box, emacs: Emacs
) -> None:
    """What nobody waits for any more does not keep the minibuffer."""
    await emacs.start()
    host = await client(portico)
    number = host.call("box_drop", table="dev.x")
    await emacs.next("select")
    params = {"requestId": number, "reason": "User requested cancellation"}
    host.send({"method": "notifications/cancelled", "params": params})
    await emacs.next("closed")
    assert box.calls == []


async def test_a_long_call_is_shown_and_ends_from_emacs(
    portico: Installation, box: Box, emacs: Emacs
) -> None:
    """Progress is told as it comes, and `M-x portico-cancel` ends the call at the server, too."""
    await emacs.start()
    host = await client(portico)
    number = host.call("box_wait")
    await emacs.told("wait")
    await emacs.run("(portico-cancel)")
    assert "cancelled this call" in text(await host.answer(number))
    await asyncio.wait_for(box.left.wait(), PATIENCE)
