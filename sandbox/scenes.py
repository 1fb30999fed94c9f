"""The scenes of the demo, in their order. Each tells what happens and looks whether it is true.

Every value shown comes from an answer of the running program. A scene that finds a promise broken
ends the story there, so that the demo is an end-to-end test as well.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from sandbox.browser import Browser
from sandbox.person import Mind, hear
from sandbox.story import PromiseBroken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mcp.types import CallToolResult, Tool

    from sandbox.person import Prompt
    from sandbox.stage import Stage
    from sandbox.story import Story
    from sandbox.witness import Record

USER = "alice"
READ = "presto_run_query"
DROP = "presto_drop_table"
TABLE = "dev_alice.scratch"
QUERY = (
    "SELECT country, sum(orders) AS orders, sum(usd) AS usd FROM revenue.daily "
    "GROUP BY country ORDER BY usd DESC LIMIT 5"
)
_PATIENCE = 90.0


async def company(story: Story, stage: Stage) -> None:
    """What runs where."""
    story.chapter("A company, on your machine")
    story.say("These run in this process, on loopback only, until the story ends:")
    box = stage.company
    rows = [
        ("sign-on (OpenID Connect)", box.issuer),
        ("registry of approved MCP servers", box.registry),
        ("gateway in front of the servers", box.gateway),
        *((f"MCP server “{name}”", "behind the gateway") for name in box.applications),
    ]
    story.table(("what", "where"), rows)
    host = stage.editor.server["serverInfo"]
    story.say(
        "An editor has started `portico lsp` and an AI client `portico mcp`, each over stdio. The "
        f"editor was answered by {host['name']} {host.get('version', '')}."
    )
    status = await stage.editor.request("portico/status", {})
    windows = sorted(window["role"] for window in status["hub"]["sessions"])
    story.promise(
        f"Both are connected to one hub (process {status['hub']['pid']}).",
        kept=windows == ["lsp", "mcp"] and not status["hub"]["standalone"],
        instead=windows,
    )
    story.promise("Nobody is signed in yet.", kept=status["user"] is None, instead=status["user"])


async def sign_in_once(story: Story, stage: Stage) -> None:
    """The editor asks to sign in; the browser does; every window is signed in."""
    story.chapter("Signing in, once")
    shown: asyncio.Queue[str] = asyncio.Queue()

    async def show(params: dict[str, Any]) -> object:
        """Answer as an editor does that has a browser."""
        shown.put_nowait(str(params["uri"]))
        return {"success": True}

    stage.editor.on("window/showDocument", show)
    async with (
        asyncio.timeout(_PATIENCE),
        Browser.start(USER) as browser,
        asyncio.TaskGroup() as group,
    ):
        signing = group.create_task(stage.editor.request("portico/signIn", {}))
        page = await shown.get()
        story.say("The hub asks the editor to open the company's sign-in page in a browser:")
        story.box("Browser", page.partition("?")[0], footer=f"[ {USER} ]", alarm=False)
        await browser.open(page)
        user = (await signing)["user"]
        story.promise(
            f"{user['name']} is signed in: groups {', '.join(user['groups'])}; "
            f"the sign-in is kept in {_where(user['storage'])}.",
            kept=bool(user["subject"]) and bool(user["groups"]),
            instead=user,
        )
        await _pair(story, stage, browser)


async def _pair(story: Story, stage: Stage, browser: Browser) -> None:
    """The page that ends the sign-in asks which editors may ask her."""
    buttons = [name for form in browser.forms for name in form.buttons.get("pair", [])]
    host = "“Demo editor”"
    story.say("The page that ends it lists the editors that want to ask her, and she accepts hers:")
    story.box(
        "Browser",
        f"Editors that want to ask you: it calls itself {host}",
        footer="[ Not this one ]   [ Pair it until it closes ]",
        alarm=False,
    )
    story.promise(
        "One editor asks to be paired, and it is hers.",
        kept=len(buttons) == 1 and host in browser.words,
        instead=browser.words,
    )
    await browser.pair()
    windows = (await stage.editor.request("portico/status", {}))["hub"]["sessions"]
    paired = [window["role"] for window in windows if window["paired"]]
    story.promise(
        "Now the editor may ask her, whatever else on this machine calls itself one.",
        kept=paired == ["lsp"],
        instead=windows,
    )


async def approved_servers(story: Story, stage: Stage) -> None:
    """The servers her groups may use are there, and the one of another group is not."""
    story.chapter("What the registry approves for her")
    tools = await _tools(stage)
    servers = (await stage.editor.request("portico/servers", {}))["servers"]
    offered = [server for server in servers if server["standing"] == "offered"]
    story.table(
        ("server", "owner", "tools", "era"),
        [(s["title"], s["owner"]["team"], str(s["tools"]), s["era"]) for s in offered],
    )
    names = {server["server"] for server in offered}
    story.promise(
        "Presto, Spark and Knowledge are there.",
        kept={"presto", "spark", "knowledge"} <= names,
        instead=servers,
    )
    others = [server for server in servers if server["server"] == "revenue"]
    revenue = [tool.name for tool in tools if tool.name.startswith("revenue")]
    story.promise(
        "Revenue metrics, which belong to another group, are not, and the AI client sees no tool "
        "of theirs.",
        kept="revenue" not in names and not revenue and len(others) == 1,
        instead=revenue or others,
    )
    story.say(f"Portico can say why: “{others[0]['reason']}”")


async def read(story: Story, stage: Stage) -> None:
    """A read runs without a question."""
    story.chapter("The AI client reads")
    tools = await _tools(stage)
    names = [tool.name for tool in tools]
    story.say(f"It sees {len(tools)} tools behind one connection: {', '.join(names)}.")
    story.promise("The tools it needs are among them.", kept={READ, DROP} <= {*names})
    result = await _call(stage, READ, {_argument(tools, READ, ("sql", "query")): QUERY})
    story.say(f"It calls {READ}: {QUERY}")
    found = result.structured_content or {}
    rows = _rows(found)
    story.promise(
        "The read ran at once: nobody was asked.",
        kept=not result.is_error and bool(rows) and not stage.eyes.seen,
        instead=_text(result),
    )
    story.table([str(column) for column in _columns(found)], rows)


async def harm(story: Story, stage: Stage, mind: Mind) -> bool:
    """A destructive call is asked about in the editor: no is no, and yes is yes.

    Returns:
        Whether the table was dropped in the end.
    """
    story.chapter("It wants to drop a table, and the person says no")
    argument = _argument(await _tools(stage), DROP, ("table", "name"))
    call = {argument: TABLE}
    result, _ = await _ask(story, stage, call, Mind.NO)
    await _kept_out(story, stage, result)
    story.chapter("It tries again")
    if mind is Mind.ABSENT:
        story.say(
            "This is no terminal at which you could be asked, so the demo answers no for you; "
            "with --yes it would allow this try."
        )
    result, said_yes = await _ask(story, stage, call, mind)
    if not said_yes:
        await _kept_out(story, stage, result)
        story.say("So the second try ended like the first. With a yes it would have run.")
        return False
    story.promise("The call ran.", kept=not result.is_error, instead=_text(result))
    story.box("What the AI client reads", _text(result), alarm=False)
    seen = _witnessed(stage)
    story.promise(
        f"The gateway saw exactly one {seen[0]['tool'] if seen else 'call'}, by {USER}.",
        kept=[record["user"] for record in seen] == [USER],
        instead=seen,
    )
    return True


async def audit(story: Story, stage: Stage, *, dropped: bool) -> None:
    """Everything that happened is on record."""
    story.chapter("What the audit says")
    story.say("`portico audit` prints it; this is what it recorded:")
    records = (await stage.portico("audit"))["records"]
    story.table(
        ("event", "tool", "verdict", "outcome", "arguments"),
        [(r["event"], _tool(r), r["verdict"], r["outcome"], r["summary"]) for r in records],
    )
    ends = [record for record in records if record["event"] == "outcome"]
    outcomes = [record["outcome"] for record in ends if record["tool"] == "drop_table"]
    wanted = ["denied", "replied"] if dropped else ["denied", "denied"]
    story.promise(
        f"Both tries are on record, with their ends: {' and '.join(wanted)}.",
        kept=outcomes == wanted,
        instead=records,
    )


async def goodbye(story: Story, stage: Stage) -> None:
    """Signing out leaves nothing behind."""
    await stage.editor.request("portico/signOut", {})
    status = await stage.editor.request("portico/status", {})
    story.promise("She is signed out everywhere.", kept=status["user"] is None, instead=status)


async def _ask(
    story: Story, stage: Stage, call: dict[str, str], mind: Mind
) -> tuple[CallToolResult, bool]:
    """Make the destructive call, show the prompt that appears, answer it."""
    story.say(f"The AI client calls {DROP} with {json.dumps(call)}.")
    calling = asyncio.ensure_future(_call(stage, DROP, call))
    try:
        prompt = await _prompt(stage, calling)
        story.box("In the editor", prompt.message, footer=_buttons(prompt))
        open_questions = (await stage.editor.request("portico/approvals", {}))["approvals"]
        yes = await _decide(mind, calling)
        button = prompt.button(yes=yes)
        if yes and button is None:
            msg = f"Not kept: the prompt offers a way to say yes. Found: {prompt.actions}"
            raise PromiseBroken(msg)
        story.say(f"The person answers: {button or 'nothing, and closes the prompt'}.")
        prompt.press(button)
        async with asyncio.timeout(_PATIENCE):
            result = await calling
    finally:
        calling.cancel()
    ways = [question["id"] for question in open_questions] + ["portico approve"]
    story.promise(
        "What the AI client reads names no way to answer its own question.",
        kept=len(open_questions) == 1 and not any(way in _text(result) for way in ways),
        instead=open_questions,
    )
    return result, yes


async def _prompt(stage: Stage, calling: asyncio.Future[CallToolResult]) -> Prompt:
    """The prompt that the call raises; a call that ends without one breaks the promise."""
    seeing = asyncio.ensure_future(stage.eyes.next())
    both: tuple[asyncio.Future[Any], ...] = (seeing, calling)
    await asyncio.wait(both, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    if seeing.done():
        return seeing.result()
    seeing.cancel()
    found = _text(calling.result()) if calling.done() else "neither a prompt nor an answer"
    msg = f"Not kept: a destructive call is asked about in the editor. Found instead: {found}"
    raise PromiseBroken(msg)


async def _decide(mind: Mind, calling: asyncio.Future[CallToolResult]) -> bool:
    """What the person wants; a question that expires while they think is a no."""
    if mind is not Mind.ASK:
        return mind is Mind.YES
    hearing = asyncio.ensure_future(hear("Allow it?"))
    both: tuple[asyncio.Future[Any], ...] = (hearing, calling)
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        return hearing.done() and hearing.result()
    finally:
        hearing.cancel()


async def _kept_out(story: Story, stage: Stage, result: CallToolResult) -> None:
    """A refused call is an error for the AI client and nothing at all for the gateway."""
    story.promise("The AI client gets a tool error.", kept=bool(result.is_error))
    story.box("What the AI client reads", _text(result), alarm=False)
    seen = _witnessed(stage)
    story.promise("The gateway never saw the call.", kept=not seen, instead=seen)


def _tool(record: dict[str, Any]) -> str:
    return ".".join(filter(None, (record["server"], record["tool"])))


def _witnessed(stage: Stage) -> list[Record]:
    """The destructive calls in the gateway's own log."""
    return [record for record in stage.company.witness if record["tool"] == "drop_table"]


async def _tools(stage: Stage) -> list[Tool]:
    # The SDK remembers lists; the story wants what is true now.
    return (await stage.assistant.list_tools(cache_mode="bypass")).tools


async def _call(stage: Stage, tool: str, arguments: dict[str, Any]) -> CallToolResult:
    return await stage.assistant.call_tool(tool, arguments)


def _argument(tools: Sequence[Tool], name: str, wanted: tuple[str, ...]) -> str:
    """The tool's own name for the argument, as its schema has it."""
    schema = next((tool.input_schema for tool in tools if tool.name == name), {})
    for argument in wanted:
        if argument in schema.get("properties", {}):
            return argument
    msg = f"Not kept: {name} takes {' or '.join(wanted)}. Found instead: {schema}"
    raise PromiseBroken(msg)


def _columns(found: dict[str, Any]) -> list[Any]:
    columns: list[Any] = found.get("columns", [])
    return [c["name"] if isinstance(c, dict) else c for c in columns]


def _rows(found: dict[str, Any]) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in found.get("rows", [])]


def _text(result: CallToolResult) -> str:
    return "\n".join(getattr(part, "text", "") for part in result.content)


def _buttons(prompt: Prompt) -> str:
    return "   ".join(f"[ {title} ]" for title in prompt.actions)


def _where(storage: str) -> str:
    return "the system's keyring" if storage == "keyring" else "memory only"
