"""`:Portico` in a real Neovim: its words, what they complete to, and what they show."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.process.installation import PATIENCE
from tests.process.window import text
from tests.screenless import client, until

if TYPE_CHECKING:
    from tests.neovim.neovim import Neovim
    from tests.process.box import Box
    from tests.process.installation import Installation

WORDS = (
    "activity approvals cancel leases login logout log page pair restart review servers status why"
)


async def shown(neovim: Neovim, words: str) -> str:
    """What stands in the current window once these words do."""
    return await until(neovim.reads, lambda text: words in text)


@pytest.mark.usefixtures("box")
async def test_the_words_and_the_servers_complete(neovim: Neovim) -> None:
    """Tab completes the words, and after `why` the servers and their tools."""
    await neovim.start()
    found = await neovim.run("return vim.fn.getcompletion('Portico ', 'cmdline')")
    assert sorted(found) == sorted(WORDS.split())
    assert await neovim.run("return vim.fn.getcompletion('Portico st', 'cmdline')") == ["status"]
    asking = "return vim.fn.getcompletion('Portico why box', 'cmdline')"
    await until(lambda: neovim.run(asking), lambda found: "box.drop" in found)


async def test_the_words_show_what_the_hub_says(
    portico: Installation, box: Box, neovim: Neovim
) -> None:
    """Status, servers, why and activity are texts in a window; an unknown word is refused."""
    await neovim.start()
    host = await client(portico)
    assert await host.text("box_read") == "read"
    await neovim.command("Portico")
    assert "Hub 0." in await shown(neovim, "box ")
    await neovim.command("Portico servers")
    assert "destructive" in await shown(neovim, "drop")
    await neovim.command("Portico why box.drop")
    assert "ask" in await shown(neovim, "Risk: destructive.")
    await neovim.command("Portico activity")
    assert "replied" in await shown(neovim, "box.read")
    await neovim.command("Portico log")
    assert "serves" in await shown(neovim, "hub ")
    await neovim.command("Portico nonsense")
    await neovim.told("there is no “nonsense”")
    assert box.calls == ["read"]


async def test_a_lease_is_given_and_taken_back(
    portico: Installation, box: Box, neovim: Neovim
) -> None:
    """What was allowed in advance is in the list, and revoking it has the next call asked about."""
    await neovim.start()
    host = await client(portico)
    number = host.call("box_change", n=1)
    await neovim.choose("Allow 20 calls in 30 minutes")
    await host.answer(number)
    assert await host.text("box_change", n=2) == "change"
    await neovim.command("Portico leases")
    await neovim.choose("box.change: 19 more calls")
    await neovim.told("revoked")
    number = host.call("box_change", n=3)
    await neovim.choose("Don't run")
    await host.answer(number)
    assert box.calls == ["change", "change"]


async def test_where_there_is_no_program_it_says_so(neovim: Neovim) -> None:
    """The statusline and the health report name what is missing, and nothing else fails."""
    neovim.options = "{ path = '/nowhere/portico' }"
    starting = asyncio.ensure_future(neovim.start())
    await neovim.next("status")
    starting.cancel()
    await neovim.command("Portico status")
    await neovim.told("There is no program at /nowhere/portico")


async def test_a_long_call_is_shown_and_ends_from_neovim(
    portico: Installation, box: Box, neovim: Neovim
) -> None:
    """The statusline names what is under way, and `:Portico cancel` ends it at the server, too."""
    await neovim.start()
    host = await client(portico)
    number = host.call("box_wait")
    await neovim.status(lambda said: "wait" in said)
    await neovim.command("Portico cancel")
    await neovim.told("1 cancelled")
    assert "cancelled this call" in text(await host.answer(number))
    await asyncio.wait_for(box.left.wait(), PATIENCE)
    await neovim.status(lambda said: said == "Portico")


@pytest.mark.usefixtures("box")
async def test_the_review_has_a_button_at_each_call(portico: Installation, neovim: Neovim) -> None:
    """Enter on a call's heading presses one of its buttons, which takes the prompt away."""
    await neovim.start()
    host = await client(portico)
    number = host.call("box_drop", table="dev.x")
    prompt = await neovim.next("select")
    await neovim.command("Portico review")
    read = await shown(neovim, "dev.x")
    line = next(n for n, text in enumerate(read.splitlines(), 1) if text.startswith("## "))
    asking = "return tostring(#vim.lsp.codelens.get(0))"
    await until(lambda: neovim.run(asking), lambda count: count == "3")
    await neovim.run(f"vim.api.nvim_win_set_cursor(0, {{ {line}, 0 }}) vim.lsp.codelens.run()")
    buttons = await neovim.next("select")
    assert buttons["labels"][0].startswith("Reject")
    at = next(n for n, label in enumerate(buttons["labels"], 1) if label.startswith("Approve"))
    await neovim.run(f"person.choose({at})")
    assert text(await host.answer(number)) == "drop"
    assert prompt["labels"][0] == "Don't run"
    await shown(neovim, "# Nothing waits for your yes")
