"""The kit's page in the docs: its example runs, and it names the whole API."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

from starlette.applications import Starlette

from sandbox import kit as public
from tests.sandbox.loopback import connected, in_both_eras, said, served

PAGE = (Path(__file__).parents[3] / "docs" / "server-kit.md").read_text(encoding="utf-8")


def example() -> Starlette:
    """The application of the page's example."""
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    module = ModuleType("pantry")
    exec(compile(found[1], "pantry", "exec"), module.__dict__)  # noqa: S102 - our own page.
    application = module.__dict__["application"]
    assert isinstance(application, Starlette)
    return application


@in_both_eras
async def test_the_example_on_the_page_works_as_it_says(era: str) -> None:
    """It counts for everybody, refuses a stranger, and empties for the policy's group."""
    application = example()
    async with served(application) as address:
        async with connected(address, era, "bob", "employees") as client:
            assert said(await client.call_tool("count", {"shelf": "tea"})) == "12"
            assert "there are tea, coffee" in said(await client.call_tool("count", {"shelf": "x"}))
            assert (await client.call_tool("empty", {"shelf": "tea"})).is_error
        async with connected(address, era, "alice", "facilities") as client:
            thrown = said(await client.call_tool("empty", {"shelf": "tea"}))
    assert thrown == "alice threw away 12 packs of tea."
    assert application.state.kit.counts == {"count": 2, "empty": 1}


def test_the_page_names_everything_public() -> None:
    """Whatever the kit exports is on its page."""
    assert [
        name for name in public.__all__ if f"`{name}" not in PAGE and f"{name}(" not in PAGE
    ] == []
