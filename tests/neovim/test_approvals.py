"""Questions in a real Neovim: shown whole, answered by a person, and taken away in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.process.window import text
from tests.screenless import client, until

if TYPE_CHECKING:
    from tests.neovim.neovim import Neovim
    from tests.process.box import Box
    from tests.process.installation import Installation

QUICK = "require('portico').options."


@pytest.mark.usefixtures("box")
async def test_a_call_runs_after_a_yes_that_names_its_arguments(
    portico: Installation, neovim: Neovim
) -> None:
    """The prompt names tool and server, the text the arguments; the first choice is a no."""
    await neovim.start()
    host = await client(portico)
    number = host.call("box_drop", table="dev.x")
    prompt = await neovim.next("select")
    assert prompt["prompt"] == "DESTRUCTIVE: run “drop” on box?"
    assert prompt["labels"][0] == "Don't run"
    assert prompt["labels"][-1] == "Allow once"
    assert '"table": "dev.x"' in await neovim.sees()
    assert await neovim.run("return require('portico').statusline()") == "Portico: 1 waits for you"
    await neovim.pick(prompt, "Allow once")
    assert text(await host.answer(number)) == "drop"
    assert await neovim.sees() == ""


async def test_a_no_and_a_closed_prompt_run_nothing(
    portico: Installation, box: Box, neovim: Neovim
) -> None:
    """Choosing the no and choosing nothing are the same to the call."""
    await neovim.start()
    host = await client(portico)
    number = host.call("box_drop", table="dev.x")
    await neovim.choose("Don't run")
    assert "said no" in text(await host.answer(number))
    number = host.call("box_drop", table="dev.y")
    await neovim.next("select")
    await neovim.run("person.choose(nil)")
    assert "said no" in text(await host.answer(number))
    assert box.calls == []


async def test_of_five_calls_at_once_the_two_that_are_ticked_run(
    portico: Installation, box: Box, neovim: Neovim
) -> None:
    """A batch is one list in which none is ticked, and each call gets its own answer."""
    await neovim.start()
    host = await client(portico)
    await host.tools()
    calls = [host.call("box_drop", table=f"dev.t{n}") for n in range(5)]
    prompt = await neovim.next("select")
    assert prompt["prompt"].endswith("asks to run 5 calls")
    assert prompt["labels"][0] == "Run none"
    assert not any(label.startswith(("[x]", "Run the")) for label in prompt["labels"])
    assert await neovim.run("return #person.sees()") == 5
    await neovim.pick(prompt, "[ ] 2.")
    await neovim.choose("[ ] 4.")
    await neovim.choose("Run the 2 that are ticked")
    answers = [text(await host.answer(call)) for call in calls]
    assert [answer == "drop" for answer in answers] == [False, True, False, True, False]
    assert box.calls == ["drop", "drop"]


async def test_what_the_person_corrected_in_a_buffer_is_what_runs(
    portico: Installation, box: Box, neovim: Neovim
) -> None:
    """Writing the buffer is the yes; what is no JSON object stays where it is."""
    await neovim.start()
    host = await client(portico)
    number = host.call("box_change", limit=500, note="a ü")
    await neovim.choose("Correct the arguments")
    await neovim.told("what you write here")
    assert await neovim.reads() == '{\n  "limit": 500,\n  "note": "a ü"\n}'
    await neovim.command("%s/500/[/")
    await neovim.command("write")
    await neovim.told("no JSON object")
    await neovim.command("%s/\\[/12345678901234567/")
    await neovim.command("write")
    await neovim.told("more digits than Neovim can send")
    await neovim.command("%s/12345678901234567/10/")
    await neovim.command("write")
    assert "the user changed the arguments" in text(await host.answer(number))
    sent = [seen.message["params"] for seen in box.seen if seen.method == "tools/call"]
    assert sent[0]["arguments"] == {"limit": 10, "note": "a ü"}


@pytest.mark.usefixtures("box")
async def test_a_long_question_is_shown_whole_on_demand(
    portico: Installation, neovim: Neovim
) -> None:
    """A window of its own has all of it, character by character, and closing it asks again."""
    await neovim.start()
    host = await client(portico)
    number = host.call("box_drop", lines=[f"row {n}" for n in range(200)], odd="a\u202eb")
    await neovim.choose("Show everything")
    shown = await until(neovim.reads, lambda text: "row 199" in text)
    assert "a\\u{202e}b" in shown
    await neovim.command("close")
    await neovim.choose("Don't run")
    assert "said no" in text(await host.answer(number))


async def test_a_withdrawn_call_takes_its_prompt_away(
    portico: Installation, box: Box, neovim: Neovim
) -> None:
    """Portico's own list closes by itself, and the next question is shown after it."""
    await neovim.start(picks=False)
    host = await client(portico)
    number = host.call("box_drop", table="dev.x")
    await until(neovim.sees, lambda text: "Allow once" in text)
    params = {"requestId": number, "reason": "User requested cancellation"}
    host.send({"method": "notifications/cancelled", "params": params})
    await until(neovim.sees, lambda text: text == "")
    number = host.call("box_drop", table="dev.y")
    await until(neovim.sees, lambda text: "dev.y" in text)
    await neovim.type("<CR>")
    assert "said no" in text(await host.answer(number))
    assert box.calls == []


@pytest.mark.usefixtures("box")
async def test_the_line_that_enter_hits_first_says_no(
    portico: Installation, neovim: Neovim
) -> None:
    """In Portico's own list a yes has to be gone to; Escape is a no as well."""
    await neovim.start(picks=False)
    host = await client(portico)
    for keys, ran in (("<CR>", False), ("<Esc>", False), ("G<CR>", True)):
        number = host.call("box_drop", table=keys)
        await until(neovim.sees, lambda text: "Allow once" in text)
        await neovim.type(keys)
        assert (text(await host.answer(number)) == "drop") is ran


@pytest.mark.usefixtures("box")
async def test_nobody_who_types_is_interrupted(portico: Installation, neovim: Neovim) -> None:
    """In insert mode the person is told, and asked when they leave it."""
    await neovim.start()
    host = await client(portico)
    await neovim.type("ihello")
    await until(lambda: neovim.run("return vim.fn.mode()"), lambda mode: mode == "i")
    number = host.call("box_drop", table="dev.x")
    await neovim.told("asks for your yes")
    assert neovim.unseen("select") == 0
    await neovim.type("<Esc>")
    await neovim.choose("Allow once")
    assert text(await host.answer(number)) == "drop"


async def test_a_yes_that_nobody_can_have_read_is_asked_again(
    portico: Installation, box: Box, neovim: Neovim
) -> None:
    """A key that was on its way when the prompt opened approves nothing."""
    await neovim.start()
    await neovim.run(f"{QUICK}settle_ms = 1e9")
    host = await client(portico)
    number = host.call("box_drop", table="dev.x")
    await neovim.choose("Allow once")
    await neovim.told("too quick")
    prompt = await neovim.next("select")
    assert box.calls == []
    await neovim.run(f"{QUICK}settle_ms = 0")
    await neovim.pick(prompt, "Allow once")
    assert text(await host.answer(number)) == "drop"


@pytest.mark.usefixtures("box")
async def test_a_hub_that_ends_takes_its_prompts_with_it(
    portico: Installation, neovim: Neovim
) -> None:
    """No question is left on the screen that nobody waits for, and a restart connects anew."""
    await neovim.start(picks=False)
    host = await client(portico)
    host.call("box_drop", table="dev.x")
    await until(neovim.sees, lambda text: "Allow once" in text)
    await portico.shut()
    assert (await portico.run("hub", "stop")).code == 0
    await neovim.status(lambda said: said == "Portico: off")
    assert await neovim.sees() == ""
    await neovim.command("Portico restart")
    await neovim.status(lambda said: said == "Portico")
