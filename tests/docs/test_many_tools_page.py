"""What the page on many tools says they cost is what they cost."""

from __future__ import annotations

import re

import pytest

from bench.many_tools import figures
from ide_protocol.own.host_limit import LIMITS
from tests.docs.page import read, section

PAGE = read("docs/many-tools.md")


async def test_the_page_gives_the_figures_as_they_are() -> None:
    """Each mode has its line, and its tokens are right to a twentieth."""
    rows = re.findall(r"^\| ([a-z ]+?) \| (\d+) \|$", section(PAGE, "What it costs"), re.MULTILINE)
    counted = await figures()
    assert {mode: int(tokens) for mode, tokens in rows} == pytest.approx(counted, rel=0.05)


def test_the_page_names_the_limits_of_the_hosts() -> None:
    """Those that doctor and status warn of."""
    assert {str(limit) for _, limit in LIMITS} <= set(re.findall(r"\d+", PAGE))
