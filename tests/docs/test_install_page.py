"""docs/install.md lists the clients as they are."""

from __future__ import annotations

from pathlib import Path

from editors.install.clients import CLIENTS

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
