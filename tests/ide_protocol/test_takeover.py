"""Servers of a host's file are taken over by a real hub."""

from __future__ import annotations

import asyncio
import json
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from auth.sealed_store import SealedStore
from ide_protocol.own import contract
from proxy.kept_secrets import KeptSecrets
from tests.auth.issuer_double import KeyringDouble
from tests.ide_protocol.lsp.test_editing import notify
from tests.ide_protocol.test_lsp_front import CAPABILITIES, editor

if TYPE_CHECKING:
    from tests.ide_protocol.conftest import Client, Door

TOKEN = "ghp_0123456789abcdefghij"
FILE = {
    "mcpServers": {
        "box": {"command": sys.executable, "args": ["-V"], "env": {"GITHUB_TOKEN": TOKEN}},
    }
}
HOST = "file:///work/shop/.mcp.json"


@pytest.fixture
def keyring(door: Door) -> KeyringDouble:
    """A keyring that the hub seals the user's secrets with."""
    keyring = KeyringDouble()
    door.hub.secrets = KeptSecrets(
        lambda: SealedStore(
            f"{door.home.state}/secrets", service="t", binding="s", keyring_backend=keyring
        )
    )
    return keyring


async def written(door: Door) -> str:
    """What stands in portico.toml."""
    path = Path(door.home.file)
    return await asyncio.to_thread(path.read_text, "utf-8") if await exists(path) else ""


async def exists(path: Path) -> bool:
    """Whether there is a file."""
    return await asyncio.to_thread(path.exists)


async def taken(client: Client, **more: object) -> dict[str, Any]:
    """The answer to taking the file over."""
    return await client.ask(contract.TAKE_OVER, {"text": json.dumps(FILE), **more})


@pytest.mark.usefixtures("keyring")
async def test_what_is_taken_over_is_written_once_and_its_secret_nowhere(door: Door) -> None:
    """The file names the secret, the hub keeps it, and a second time nothing happens."""
    client = await door.open("cli")
    dry = (await taken(client, dry=True))["result"]["servers"][0]
    assert (dry["fate"], dry["secrets"]) == ("taken", ["box/GITHUB_TOKEN"])
    assert not await exists(Path(door.home.file))
    answer = await taken(client)
    assert TOKEN not in json.dumps(answer)
    text = await written(door)
    assert tomllib.loads(text)["servers"]["box"]["env"]["GITHUB_TOKEN"] == (
        "keyring:box/GITHUB_TOKEN"
    )
    assert TOKEN not in text
    assert (await client.ask(contract.SECRETS))["result"] == {"names": ["box/GITHUB_TOKEN"]}
    again = (await taken(client))["result"]["servers"][0]
    assert (again["fate"], again["toml"]) == ("there", "")
    assert await written(door) == text


async def test_without_a_keyring_a_server_with_a_secret_stays(
    door: Door, keyring: KeyringDouble
) -> None:
    """It is said, and the others are taken over all the same."""
    keyring.lock_up()
    client = await door.open("cli")
    servers = {**FILE["mcpServers"], "clock": {"command": sys.executable, "args": ["-V"]}}
    answer = await taken(client, text=json.dumps({"mcpServers": servers}))
    box, clock = answer["result"]["servers"]
    assert (box["fate"], clock["fate"]) == ("left", "taken")
    assert box["reason"].startswith("There is no keyring here")
    assert list(tomllib.loads(await written(door))["servers"]) == ["clock"]


async def test_a_file_without_servers_is_said(door: Door) -> None:
    """And so is a configuration that nobody can add to."""
    client = await door.open("cli")
    nothing = await client.ask(contract.TAKE_OVER, {"text": "{}"})
    assert nothing["error"]["data"]["reference"] == "no-servers-there"
    await asyncio.to_thread(Path(door.home.file).write_text, "[hub]\nwrong = 1\n", "utf-8")
    refused = await taken(client)
    assert refused["error"]["data"]["reference"] == "configuration-invalid"


@pytest.mark.usefixtures("keyring")
async def test_secrets_are_kept_listed_and_forgotten_by_name(door: Door) -> None:
    """No answer holds one."""
    client = await door.open("cli")
    await client.ask(contract.KEEP_SECRET, {"name": "a/B", "value": TOKEN})
    assert (await client.ask(contract.SECRETS))["result"] == {"names": ["a/B"]}
    assert (await client.ask(contract.FORGET_SECRET, {"name": "a/B"}))["result"]["forgotten"]
    refused = await client.ask(contract.KEEP_SECRET, {"name": "a b", "value": TOKEN})
    assert refused["error"]["data"]["reference"] == "secret-unfit"
    assert TOKEN not in json.dumps(refused)


async def pressed(client: Client, uri: str, text: str, title: str) -> tuple[Any, Any]:
    """Open a document, press one of its fixes; the change and what the command answered."""
    document = {"uri": uri, "languageId": "json", "version": 1, "text": text}
    notify(client, "didOpen", textDocument=document)
    everything = {
        "start": {"line": 0, "character": 0},
        "end": {"line": 99, "character": 0},
    }
    context: dict[str, list[object]] = {"diagnostics": []}
    params: dict[str, Any] = {"textDocument": {"uri": uri}, "range": everything, "context": context}
    request(client, 8, "textDocument/codeAction", params)
    actions = (await answered(client, 8))["result"]
    [action] = [one for one in actions if one["title"] == title]
    assert TOKEN not in json.dumps(action)
    request(client, 9, "workspace/executeCommand", action["command"])
    change = None
    while (message := await client.receive_frame()).get("id") != 9:
        if message.get("method") == "workspace/applyEdit":
            change = message["params"]["edit"]["changes"][uri]
            client.frame({"jsonrpc": "2.0", "id": message["id"], "result": {"applied": True}})
    return change, message


def request(client: Client, identifier: int, method: str, params: object) -> None:
    """A request of the editor's."""
    client.frame({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})


async def answered(client: Client, identifier: int) -> dict[str, Any]:
    """The answer to a request, whatever comes before it."""
    while (message := await client.receive_frame()).get("id") != identifier:
        pass
    return message


@pytest.mark.usefixtures("keyring")
async def test_a_fix_moves_a_secret_of_portico_toml_to_the_keyring(door: Door) -> None:
    """The document gets a reference in its place, and the command never held the secret."""
    client, _ = await editor(door, capabilities=CAPABILITIES)
    text = f'[servers.box]\ncommand = ["x"]\nenv = {{ GITHUB_TOKEN = "{TOKEN}" }}\n'
    uri = "file:///people/ann/portico.toml"
    change, answer = await pressed(client, uri, text, "Move the secret to the keyring")
    assert answer["result"] == {"applied": True}
    assert [edit["newText"] for edit in change] == ['"keyring:box/GITHUB_TOKEN"']
    assert await door.hub.secrets.names() == ["box/GITHUB_TOKEN"]
    kept = await door.hub.secrets.resolved("box", {"A": "keyring:box/GITHUB_TOKEN"})
    assert kept == {"A": TOKEN}


@pytest.mark.usefixtures("keyring")
async def test_another_portico_toml_does_not_replace_a_secret_that_is_kept(door: Door) -> None:
    """A folder from somewhere could else have the person's own server work for its author."""
    await door.hub.secrets.keep("box/GITHUB_TOKEN", "mine")
    client, _ = await editor(door, capabilities=CAPABILITIES)
    text = f'[servers.box]\ncommand = ["x"]\nenv = {{ GITHUB_TOKEN = "{TOKEN}" }}\n'
    uri = "file:///work/clone/portico.toml"
    change, answer = await pressed(client, uri, text, "Move the secret to the keyring")
    assert change is None
    assert answer["error"]["data"]["reference"] == "secret-there"
    kept = await door.hub.secrets.resolved("box", {"A": "keyring:box/GITHUB_TOKEN"})
    assert kept == {"A": "mine"}


@pytest.mark.usefixtures("keyring")
async def test_a_fix_lets_portico_run_a_program_of_a_host(door: Door) -> None:
    """It goes to portico.toml, its secret to the keyring, and the host starts Portico."""
    client, _ = await editor(door, capabilities=CAPABILITIES)
    title = "Let Portico run it, with its secrets in the keyring"
    change, answer = await pressed(client, HOST, json.dumps(FILE), title)
    assert (answer["result"]["applied"], answer["result"]["server"]) == (True, "box")
    assert "portico" in change[0]["newText"]
    assert TOKEN not in await written(door)
    assert await door.hub.secrets.names() == ["box/GITHUB_TOKEN"]


async def test_a_fix_without_a_keyring_changes_nothing(door: Door, keyring: KeyringDouble) -> None:
    """The secret stays where the person wrote it, rather than nowhere."""
    keyring.lock_up()
    client, _ = await editor(door, capabilities=CAPABILITIES)
    text = f'[servers.box]\ncommand = ["x"]\nenv = {{ GITHUB_TOKEN = "{TOKEN}" }}\n'
    uri = "file:///people/ann/portico.toml"
    change, answer = await pressed(client, uri, text, "Move the secret to the keyring")
    assert change is None
    assert answer["error"]["data"]["reference"] == "secret-not-kept"


async def test_a_fix_for_a_document_that_is_gone_does_nothing(door: Door) -> None:
    """Neither does one for a place where no secret stands."""
    client, _ = await editor(door, capabilities=CAPABILITIES)
    for arguments in ([], ["file:///x/portico.toml", ["servers"]], [HOST, "x"], [3, []]):
        for command in ("portico.keepSecret", "portico.takeOver"):
            request(
                client, 9, "workspace/executeCommand", {"command": command, "arguments": arguments}
            )
            answer = await answered(client, 9)
            assert answer["error"]["data"]["reference"] == "document-changed"
