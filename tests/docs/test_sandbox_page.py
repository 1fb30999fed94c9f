"""docs/sandbox.md tells who works at the company in a box, and what each is offered."""

from __future__ import annotations

import datetime as dt

from sandbox.catalog import GOVERNANCE, catalog, groups
from sandbox.people import PEOPLE
from tests.docs.page import read, rows, section

SERVERS = ("presto", "spark", "knowledge", "revenue")


def test_the_page_tells_who_is_offered_what() -> None:
    """The table follows the people's groups and the registry's entries."""
    entries = catalog(
        "http://127.0.0.1", applications=SERVERS, audience="", today=dt.date(2026, 11, 24)
    )
    titles = {
        str(entry["server"]["title"]): groups(entry)
        for entry in entries
        if entry["_meta"][GOVERNANCE]["reviews"]["genai"]["state"] == "approved"
    }
    table = rows(section(read("docs/sandbox.md"), "Who works there"))
    assert [login.strip("`") for login, _, _ in table] == list(PEOPLE)
    for login, belongs, offered in table:
        person = PEOPLE[login.strip("`")]
        assert belongs == ", ".join(person.groups)
        mine = {title for title, wanted in titles.items() if wanted.intersection(person.groups)}
        assert set(offered.split(", ")) == mine
