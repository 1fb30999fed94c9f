"""The Revenue metrics server, for one group alone."""

from __future__ import annotations

from sandbox.servers.revenue import MONTHS, Books, revenue
from tests.sandbox.loopback import connected, in_both_eras, said, served

CALLS: tuple[tuple[str, dict[str, object]], ...] = (
    ("revenue_by_country", {"month": "2026-09"}),
    ("top_campaigns", {"limit": 3}),
)


@in_both_eras
async def test_figures_are_for_the_ads_group_alone(era: str) -> None:
    """Whoever is not in `ads-eng` gets a refusal that names the group, and no figure."""
    kit = revenue()
    async with served(kit.application()) as address:
        for user, groups in (("alice", "employees,data-eng"), ("", "")):
            async with connected(address, era, user, groups) as client:
                for name, arguments in CALLS:
                    refused = await client.call_tool(name, arguments)
                    assert refused.is_error
                    assert refused.structured_content is None
                    assert "is for ads-eng (policy revenue-metrics)" in said(refused)
        assert kit.counts == {}
        # The base64 list that a gateway makes of a claim: ["ads-eng"].
        async with connected(address, era, "bob", "WyJhZHMtZW5nIl0") as client:
            for name, arguments in CALLS:
                assert not (await client.call_tool(name, arguments)).is_error
    assert kit.counts == {"revenue_by_country": 1, "top_campaigns": 1}


async def test_countries_and_campaigns_come_largest_first() -> None:
    """Figures are sorted, compared to the month before, and cut at the limit."""
    async with (
        served(revenue().application()) as address,
        connected(address, "auto", "bob", "ads-eng") as client,
    ):
        countries = await client.call_tool("revenue_by_country", {"month": "2026-09"})
        first_month = await client.call_tool("revenue_by_country", {"month": MONTHS[0]})
        campaigns = await client.call_tool("top_campaigns", {"limit": 3})
        unknown = await client.call_tool("revenue_by_country", {"month": "last"})
    assert countries.structured_content is not None
    rows = countries.structured_content["result"]
    assert [row["usd"] for row in rows] == sorted((row["usd"] for row in rows), reverse=True)
    assert all(isinstance(row["change_percent"], float) for row in rows)
    assert first_month.structured_content is not None
    assert first_month.structured_content["result"][0]["change_percent"] is None
    assert campaigns.structured_content is not None
    assert len(campaigns.structured_content["result"]) == 3
    assert "write YYYY-MM" in said(unknown)


def test_the_books_are_the_same_on_every_machine() -> None:
    """Seeded figures do not change from run to run."""
    books = Books.seeded()
    assert books == Books.seeded()
    assert books.revenue["2026-01", "US"] == 8_815_766
