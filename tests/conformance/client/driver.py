"""What the suite starts as "the client": a Portico of an empty home, an AI client, and a person.

The suite stands a server of its own up for each scenario, runs this with the server's URL as the
last argument, and judges what arrives there. All of that comes from Portico's upstream half: the AI
client here only speaks to Portico, over stdio, and the person runs `portico login`.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import mcp_types as types
from mcp import Client, MCPError, StdioServerParameters

from auth.credential import Credential, Held
from auth.id_token import remaining
from auth.identity import Identity
from auth.sealed_store import SealedStore
from auth.secret import Secret
from proxy.home import Home
from tests.node import CACHE
from tests.process import sealed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from mcp.client import ClientRequestContext

    Play = Callable[["Stage", Client], Awaitable[object]]

PORTICO = [sys.executable, "-I", "-m", "portico"]
SERVER = "judge"
"""The short name of the suite's server in portico.toml."""

CLIENT_METADATA = "https://conformance-test.local/client-metadata.json"
"""The client id that the suite expects of clients that have a document of their own."""

_VOUCHED = "auth/enterprise-managed-authorization"
"""The scenario in which the person has signed in to a company before it begins."""

_PATIENCE = 60.0
_SIGN_INS = 3
"""How often the person signs in when the server wants it again."""

_WANTED = "server-sign-in-needed"


class Stage:
    """Where a scenario is played.

    Args:
        home: Portico's home, empty but for its portico.toml.
    """

    def __init__(self, home: str) -> None:
        browser = f"{sys.executable} {Path(__file__).with_name('browser.py')} %s"
        self.home = home
        self.environment = {**os.environ, "PORTICO_HOME": home, "BROWSER": browser}

    def portico(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a person would; what it says on stderr is shown by the suite."""
        done = subprocess.run(
            [*PORTICO, *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
        sys.stderr.write(f"portico {' '.join(words)}: {done.returncode}\n")
        return done

    async def fault(self) -> str | None:
        """Why the server is left out: a reference; empty when it is not, None when it is asked."""
        done = await asyncio.to_thread(self.portico, "servers", "--json")
        [server] = json.loads(done.stdout)["servers"]
        if server["fault"] is not None:
            return str(server["fault"]["reference"])
        return "" if server["state"] == "live" else None

    async def sign_in(self) -> bool:
        """Sign in at the server; False when there is no use in trying on.

        A server may have changed its mind since, and want another sign-in at once.
        """
        done = await asyncio.to_thread(self.portico, "login", SERVER, "--json")
        fault = json.loads(done.stdout).get("fault") or {}
        return done.returncode == 0 or fault.get("reference") == _WANTED


async def _look(stage: Stage, client: Client) -> list[types.Tool]:
    """What is listed. A busy machine's first list may leave before the server has answered."""
    while not (tools := (await client.list_tools()).tools):
        if await stage.fault() is not None:
            return (await client.list_tools()).tools
    return tools


async def _add(stage: Stage, client: Client) -> None:
    await _look(stage, client)
    await client.call_tool("add_numbers", {"a": 5, "b": 3})


async def _every_tool(stage: Stage, client: Client) -> None:
    """Call what is listed, with something for each argument that is required."""
    empty = {"integer": 0, "number": 0, "boolean": False, "object": {}, "array": [], "null": None}
    for tool in await _look(stage, client):
        properties = tool.input_schema.get("properties", {})
        required = tool.input_schema.get("required", [])
        kinds = {name: properties.get(name, {}).get("type") for name in required}
        arguments = {name: empty.get(kind, "x") for name, kind in kinds.items()}
        await client.call_tool(tool.name, arguments)


async def _everything(stage: Stage, client: Client) -> None:
    await _every_tool(stage, client)
    for resource in (await client.list_resources()).resources:
        await client.read_resource(resource.uri)
    for prompt in (await client.list_prompts()).prompts:
        await client.get_prompt(prompt.name)


async def _given_calls(stage: Stage, client: Client) -> None:
    listed = {tool.name for tool in await _look(stage, client)}
    for call in _context().get("toolCalls", []):
        if call["name"] in listed:
            await client.call_tool(call["name"], call.get("arguments") or {})


async def _asked_in_between(stage: Stage, client: Client) -> None:
    await _look(stage, client)
    for tool in ("echo_state", "unrelated", "no_state", "no_result_type"):
        await client.call_tool(f"test_mrtr_{tool}", {})


async def _echo_schema(stage: Stage, client: Client) -> None:
    tools = await _look(stage, client)
    wanted = next(tool for tool in tools if tool.name == "json_schema_2020_12_tool")
    await client.call_tool("json_schema_echo", {"schema": wanted.input_schema})


async def _signed_in(stage: Stage, client: Client) -> None:
    """List and call the first tool, signing in whenever the server wants it."""
    for _ in range(_SIGN_INS):
        tools = await _look(stage, client)
        if tools:
            result = await client.call_tool(tools[0].name, {})
            fault = (result.meta or {}).get("portico/fault", {})
            if fault.get("reference") != _WANTED:
                return
        elif await stage.fault() != _WANTED:
            return
        if not await stage.sign_in():
            return


async def _vouched(_: Stage, client: Client) -> None:
    """List and call the first tool, as soon as there is one; nobody is asked for anything."""
    async with asyncio.timeout(_PATIENCE):
        # Asked again and again, because the news of a change may come before anybody listens.
        while not (tools := (await client.list_tools()).tools):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    await client.call_tool(tools[0].name, {})


def _call(tool: str) -> Play:
    async def play(stage: Stage, client: Client) -> None:
        await _look(stage, client)
        await client.call_tool(tool, {})

    return play


PLAYS: dict[str, Play] = {
    "initialize": _look,
    "tools_call": _add,
    "request-metadata": _add,
    "http-standard-headers": _everything,
    "http-invalid-tool-headers": _every_tool,
    "http-custom-headers": _given_calls,
    "json-schema-ref-no-deref": _look,
    "json-schema-2020-12-preservation": _echo_schema,
    "sep-2322-client-request-state": _asked_in_between,
    "elicitation-sep1034-client-defaults": _call("test_client_elicitation_defaults"),
    "sse-retry": _call("test_reconnection"),
    _VOUCHED: _vouched,
}
"""What the AI client does in each scenario; in the other ones of `auth/` it is always the same."""


def _context() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT") or "{}")
    return found


# --- portico.toml -----------------------------------------------------------------------------


def _configured(home: str, url: str, scenario: str) -> None:
    """Write the portico.toml of a scenario, as somebody would who uses that server."""
    lines = [f"[servers.{SERVER}]", f'url = "{url}"', 'risk = "read"']
    if scenario == _VOUCHED:
        lines = [*_company(url), *lines, 'auth = "sso"', 'grant = "enterprise"']
        lines.append(f"[servers.{SERVER}.oauth]")
        lines += [f'{key} = "{value}"' for key, value in _registered(home, url, scenario).items()]
    elif scenario.startswith("auth/"):
        table = {"client_metadata_url": CLIENT_METADATA} | _registered(home, url, scenario)
        lines += ['auth = "oauth"', f"[servers.{SERVER}.oauth]"]
        lines += [f'{key} = "{value}"' for key, value in table.items()]
    Path(home, "portico.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _registered(home: str, url: str, scenario: str) -> dict[str, str]:
    """What somebody knows who registered Portico by hand; nothing in most scenarios."""
    context = _context()
    if "client_id" not in context:
        return {}
    found = {"client_id": str(context["client_id"]), "issuer": _issuer(url)}
    secrets = {"client_secret_file": "client_secret", "private_key_file": "private_key_pem"}
    for key, name in secrets.items():
        if name in context:
            file = Path(home, key)
            file.touch(0o600)
            file.write_text(context[name], encoding="utf-8")
            found[key] = str(file)
    if scenario.startswith("auth/client-credentials"):
        found["method"] = "client-credentials"
    if algorithm := context.get("signing_algorithm"):
        found["private_key_algorithm"] = str(algorithm)
    return found


def _company(url: str) -> list[str]:
    """The company that the person of the scenario has signed in to."""
    context = _context()
    origins = [f"{urlsplit(each).scheme}://{urlsplit(each).netloc}" for each in (url, _issuer(url))]
    return [
        "[company]",
        f'issuer = "{context["idp_issuer"]}"',
        f'client_id = "{context["idp_client_id"]}"',
        f"token_origins = {json.dumps(origins)}",
    ]


async def _signed_in_before(stage: Stage) -> None:
    """Keep the ID token of the scenario as that of an earlier sign-in, which it stands for."""
    context, home = _context(), Home.find(stage.environment)
    token = Secret(str(context["idp_id_token"]))
    held = Held.received(token, remaining(token), time.time())
    person = Identity(str(context["idp_issuer"]), "the person", "the person", frozenset())
    store = SealedStore(
        f"{home.state}/sign-in",
        service=home.keyring_service,
        binding=f"{context['idp_issuer']} {context['idp_client_id']}",
        keyring_backend=sealed.FileKeyring(f"{home.root}/keyring"),
    )
    await store.write(Credential(person, None, {}, held).to_json())


def _issuer(url: str) -> str:
    """Where the registration was made. The suite tells it only as the server does (RFC 9728)."""
    parts = urlsplit(url)
    path = f"/.well-known/oauth-protected-resource{parts.path}"
    with urllib.request.urlopen(f"{parts.scheme}://{parts.netloc}{path}", timeout=10) as answer:  # noqa: S310 - the suite's own.
        issuer: str = json.load(answer)["authorization_servers"][0]
    return issuer


# --- the run ----------------------------------------------------------------------------------


async def _accept(
    context: ClientRequestContext,  # noqa: ARG001 - the SDK names it.
    params: types.ElicitRequestParams,
) -> types.ElicitResult | types.ErrorData:
    """Say yes to whatever a server asks, with the defaults that it proposes."""
    content: dict[str, Any] = {}
    if isinstance(params, types.ElicitRequestFormParams):
        for name, schema in params.requested_schema.get("properties", {}).items():
            if "default" in schema:
                content[name] = schema["default"]
            elif schema.get("type") == "boolean":
                content[name] = True
    return types.ElicitResult(action="accept", content=content)


async def _play(scenario: str, stage: Stage) -> None:
    modern = os.environ.get("MCP_CONFORMANCE_PROTOCOL_VERSION", "") >= "2026-07-28"
    command = PORTICO
    if scenario == _VOUCHED:
        # What was sealed before can be opened where there is a keyring, so this one brings its own.
        await _signed_in_before(stage)
        command = [sys.executable, "-I", sealed.__file__, f"{stage.home}/keyring"]
    launch = StdioServerParameters(
        command=command[0],
        args=[*command[1:], "mcp", "--only", SERVER, "--bare"],
        env=stage.environment,
        cwd=stage.home,
    )
    play = PLAYS.get(scenario, _signed_in)
    async with Client(
        launch, mode="auto" if modern else "legacy", elicitation_callback=_accept, cache=None
    ) as client:
        try:
            await play(stage, client)
        except MCPError as refused:
            sys.stderr.write(f"{scenario}: {refused}\n")


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for one's turn: the suite starts all scenarios at once, and each starts a hub."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "turn").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Play the scenario that the environment names, against the URL of the last argument."""
    url, scenario = sys.argv[-1], os.environ["MCP_CONFORMANCE_SCENARIO"]
    with _turn(), tempfile.TemporaryDirectory(prefix="portico-conformance-") as home:
        stage = Stage(home)
        try:
            _configured(home, url, scenario)
            asyncio.run(_play(scenario, stage))
        finally:
            stage.portico("hub", "stop")
    return 0


if __name__ == "__main__":
    sys.exit(main())
