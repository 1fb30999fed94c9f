"""A server's whole list, however it is paged, and never more of it than is taken."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.upstream.fault import UpstreamMalformed
from proxy.upstream.listing import ENTRY_LIMIT, LIST_LIMIT, MOST, PAGES, every
from proxy.wire import encode


class Pages:
    """A server that answers with the same page over and over, as often as it has more."""

    def __init__(self, page: list[object], more: int = 0) -> None:
        self._page = page
        self._more = more
        self.asked = 0

    async def ask(self, params: dict[str, Any]) -> dict[str, Any]:
        """The next page."""
        self.asked += 1
        cursor = {"nextCursor": str(self.asked)} if self.asked <= self._more else {}
        assert params == ({"cursor": str(self.asked - 1)} if self.asked > 1 else {})
        return {"result": {"tools": self._page, **cursor}}


def tool(size: int) -> dict[str, Any]:
    """A tool of so many bytes of JSON."""
    bare: dict[str, Any] = {"name": "t", "description": ""}
    return {**bare, "description": "x" * (size - len(encode(bare)))}


async def test_a_list_within_the_bounds_is_taken_whole() -> None:
    """Every page of it, without what is no tool, and nothing is said of it."""
    pages = Pages([tool(ENTRY_LIMIT), 7], more=2)
    listed = await every("presto", "tools", pages.ask)
    tools, left_out = listed.entries, listed.left_out
    assert (tools, left_out) == ([tool(ENTRY_LIMIT)] * 3, None)


async def test_a_tool_that_is_too_large_is_left_out_and_the_others_stay(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is said in the log and in how the server stands."""
    pages = Pages([tool(100), tool(ENTRY_LIMIT + 1), tool(200)])
    listed = await every("presto", "tools", pages.ask)
    tools, left_out = listed.entries, listed.left_out
    assert tools == [tool(100), tool(200)]
    assert isinstance(left_out, UpstreamMalformed)
    assert "presto offers more tools" in caplog.text


@pytest.mark.parametrize(
    ("page", "most"),
    [
        ([tool(60_000)] * 4, LIST_LIMIT // 60_000),
        ([tool(ENTRY_LIMIT + 1)], 0),
        ([tool(100)] * 500, MOST),
        ([], 0),
    ],
    ids=["large tools", "tools too large", "many tools", "empty pages"],
)
async def test_a_list_without_an_end_is_cut(page: list[object], most: int) -> None:
    """By bytes, by number or by pages, whichever comes first; what was taken stays."""
    pages = Pages(page, more=10**6)
    listed = await every("presto", "tools", pages.ask)
    tools, left_out = listed.entries, listed.left_out
    assert len(tools) == most
    assert len(encode(tools)) <= LIST_LIMIT + MOST
    assert left_out is not None
    assert pages.asked <= PAGES
