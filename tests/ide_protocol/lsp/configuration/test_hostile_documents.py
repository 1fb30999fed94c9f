"""Documents of somebody who means harm: what is open in one editor holds up no other."""

from __future__ import annotations

import json

import pytest

from ide_protocol.lsp.configuration.knowledge import Knowledge, KnownServer
from ide_protocol.lsp.configuration.language import ConfigurationLanguage
from ide_protocol.lsp.document import Document
from proxy.cassette.scrub import scrubbed
from proxy.secrecy import in_arguments, is_secret
from tests.ide_protocol.lsp.configuration.conftest import URL, Around, server, tool

CLONE, OWN = "file:///work/clone/.mcp.json", "file:///work/clone/portico.toml"
SIZE = ConfigurationLanguage.largest
EVERYWHERE = {"start": {"line": 0, "character": 0}, "end": {"line": 1 << 20, "character": 0}}


def entry(**said: object) -> str:
    """A host's file with one server, all on one line."""
    return json.dumps({"mcpServers": {"a": {"command": "x", **said}}})


@pytest.mark.parametrize(
    ("uri", "text"),
    [
        (CLONE, entry(env={f"TOKEN{n}": "geheim-geheim" for n in range(SIZE // 32)})),
        (CLONE, entry(args=["passw" * (SIZE // 5)])),
        (CLONE, entry(env={"X": "eyJ-" * (SIZE // 4)})),
        (CLONE, entry(env={"TOKEN": "/" * SIZE + "\n"})),
        (CLONE, entry(env={"X": "basic" + " " * SIZE + "\n"})),
        (CLONE, "[" * SIZE),
        (CLONE, '{"a":' * (SIZE // 5)),
        (CLONE, entry(args=[0]).replace("0", "1" * 10_000)),
        (OWN, "a." * (SIZE // 2) + "a = 1\n"),
        (OWN, "[" + "a." * (SIZE // 2) + "a]\n"),
        (OWN, "a = " + "[" * 200 + "{" + "a." * (SIZE // 3) + "a = 1}"),
        (OWN, "a = " + "1" * 10_000),
        (OWN, "".join(f"servrs{n} = 1\n" for n in range(SIZE // 56))),
    ],
    ids=lambda value: value[:24],
)
async def test_no_document_holds_up_the_hub(uri: str, text: str) -> None:
    """Each of these took minutes, or did not end, and the hub serves every window meanwhile."""
    language = ConfigurationLanguage(Around(Knowledge()))
    document = Document(uri, text)
    assert len(language.diagnostics(document)) <= 200
    language.code_actions(document, EVERYWHERE)  # type: ignore[arg-type]
    language.completion(document, {"line": 0, "character": 40})
    await language.hover(document, {"line": 0, "character": 40})


def test_a_server_draws_nothing_in_a_completion() -> None:
    """A picture in its description would tell its address who looks, and a link could lie."""
    spy = tool("spy")
    spy["description"] = "![x](https://evil.example/x) [run](command:x) <b>"
    known = KnownServer(server("presto", description=spy["description"]), URL, (spy,))
    language = ConfigurationLanguage(Around(Knowledge(servers={"presto": known})))
    own = entry(args=["mcp", "--only", ""], tools=[""]).replace('"x"', '"portico"')
    texts = [(CLONE, own, own.index('""') + 1), (CLONE, own, own.rindex('""') + 1)]
    profile = '[profiles.a]\nservers = [""]\n'
    rule = "[servers.presto.rules."
    texts += [(OWN, profile, profile.index('""') + 1), (OWN, rule, len(rule))]
    for uri, text, at in texts:
        document = Document(uri, text)
        found = language.completion(document, document.position(at))
        said = [one["documentation"]["value"] for one in found if "documentation" in one]
        spied = [one for one in said if "evil" in one]
        assert spied
        assert not any(mark in one for one in spied for mark in ("![", "](", "<b>"))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "passw" * 100_000,
            "eyJ-" * 100_000,
            "/" * 500_000 + "\n",
            "basic" + " " * 500_000 + "\n",
        ),
        *("a-" * 250_000, "secret" * 80_000, "://" * 150_000, "a_password" * 50_000, "-" * 500_000),
        *('password="' * 50_000, "token: '" * 50_000, '"' * 500_000, "\\" * 500_000),
    ],
    ids=lambda value: value[:12],
)
def test_looking_for_secrets_takes_no_longer_than_the_text_is_long(text: str) -> None:
    """A server or a file chooses these; the square of their length would be hours."""
    is_secret("token", text)
    in_arguments(["--token", text])
    scrubbed({"text": text})
