"""A URI that a server gives in an answer leads back to that server, and is its own otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.ide_protocol.library import Library, shelves

if TYPE_CHECKING:
    from pathlib import Path

OWN = {
    "file:///a": "portico+two+file:///a",  # both list it
    "file:///two": "file:///two",  # it alone lists it
    "file:///one": "portico+two+file:///one",  # the other one lists it
    "memo://unlisted": "portico+two+memo://unlisted",  # nobody lists it, and either might have it
    "https://pages.example/x": "https://pages.example/x",  # nobody lists it; the client fetches it
}
"""What `two` says -> what its clients read it by."""


def blocks(uris: list[str]) -> list[dict[str, Any]]:
    """A link and an embedded resource for each URI, with fields that nobody knows."""
    links = [{"type": "resource_link", "uri": uri, "name": "n", "vendor": [1]} for uri in uris]
    inner = [{"uri": uri, "text": "t", "vendor": 2} for uri in uris]
    return [*links, *({"type": "resource", "resource": one, "vendor": 3} for one in inner)]


@pytest.fixture
def two() -> Library:
    """A server that lists two resources and whose answers name five."""
    library = Library(legacy=True)
    listed = [{"uri": uri, "name": "n"} for uri in ("file:///a", "file:///two")]
    library.lists["resources/list"] = ("resources", listed)
    library.lists["resources/templates/list"] = ("resourceTemplates", [])
    messages = [{"role": "user", "content": block, "vendor": 4} for block in blocks(list(OWN))]
    odd: list[Any] = ["text", {"type": "resource"}, {"type": "resource_link", "uri": 7}]
    library.answers = {
        "tools/call": {"content": [*blocks(list(OWN)), *odd], "vendor": 5},
        "prompts/get": {"messages": [*messages, "odd"]},
    }
    return library


async def test_a_link_in_an_answer_leads_back_to_the_server_that_gave_it(
    tmp_path: Path, two: Library
) -> None:
    """Renamed where a listed URI would be, and nothing else of the answer is touched."""
    one = Library()
    one.lists["resources/list"][1].append({"uri": "file:///one", "name": "n"})
    async with shelves(tmp_path, one=one, two=two) as door:
        client = await door.open("mcp")
        await client.ask("resources/list")
        result = (await client.ask("tools/call", {"name": "two_read"}))["result"]
        given = two.answers["tools/call"]
        assert result == {**given, "content": [*blocks(list(OWN.values())), *given["content"][-3:]]}
        got = (await client.ask("prompts/get", {"name": "two_greet"}))["result"]["messages"]
        assert [message["content"] for message in got[:-1]] == blocks(list(OWN.values()))
        for own, public in OWN.items():
            if not public.startswith("https:"):
                read = (await client.ask("resources/read", {"uri": public}))["result"]
                assert read["contents"][0]["uri"] == public
                assert two.params("resources/read")[-1] == {"uri": own}
        assert one.params("resources/read") == []


async def test_a_window_of_one_server_gets_its_links_as_they_are(
    tmp_path: Path, two: Library
) -> None:
    """Where nothing else is shown, nothing collides."""
    async with shelves(tmp_path, one=Library(), two=two) as door:
        for words in ({"only": ["two"], "bare": True}, {"only": ["two"]}):
            client = await door.open("mcp", **words)
            await client.ask("resources/list")
            name = "read" if "bare" in words else "two_read"
            result = (await client.ask("tools/call", {"name": name}))["result"]
            shown = {"file:///a": "portico+two+file:///a"} if "bare" not in words else {}
            expected = blocks([shown.get(uri, uri) for uri in OWN])
            assert result["content"][:-3] == expected
