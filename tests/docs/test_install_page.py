"""docs/install.md lists the clients as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from editors.install.clients import CLIENTS
from tests.docs.page import read

PAGE = Path(__file__).parents[2] / "docs" / "install.md"


def test_the_page_lists_every_client_with_its_files() -> None:
    """Each row says a client's name, its files on Linux and the key of the entry."""
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    expected = []
    for client in CLIENTS:
        user, project = client.user.get("linux"), client.project
        place = user or project
        assert place is not None
        cells = (
            f"`{client.name}`",
            client.title,
            f"`{user.path}`" if user else "none",
            f"`{project.path}`" if project else "none",
            f"`{'.'.join(place.keys)}`" if place.keys else "the whole file",
        )
        expected.append(f"| {' | '.join(cells)} |")
    assert rows == expected


@pytest.mark.parametrize("page", ["docs/hosts.md", "docs/administrators.md"])
def test_every_host_that_can_be_set_up_has_its_place_on_the_page(page: str) -> None:
    """Whoever adds a host says how its questions add up with ours, and who may allow it."""
    text = read(page)
    # An editor that starts `portico lsp` alone asks nothing by itself and is on no allow-list.
    hosts = [
        client.title
        for client in CLIENTS
        for place in [client.project or client.user["linux"]]
        if "mcp" in str(place.entry(["portico", "mcp"]).get("args", place.entry(["", "mcp"])))
        and place.keys
    ]
    assert [title for title in hosts if title not in text] == []
