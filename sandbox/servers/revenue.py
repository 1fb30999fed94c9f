"""Revenue metrics: figures for the ads group alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import Annotated

from mcp.server.mcpserver import Context  # noqa: TC002 - read at run time, by the SDK.
from pydantic import BaseModel, Field

from sandbox.kit import Kit, Refusal, authorize_tool

_POLICIES = {"revenue-metrics": {"ads-eng"}}

MONTHS = tuple(f"2026-{month:02}" for month in range(1, 11))
"""The months that are closed."""

_COUNTRIES = ("US", "DE", "GB", "FR", "JP", "BR", "IN", "NL")
_THEMES = ("Spring", "Summer", "Autumn", "Launch", "Loyalty", "Retarget", "Video", "Brand")

Month = Annotated[str, Field(description=f"A month, {MONTHS[0]} to {MONTHS[-1]}")]
Limit = Annotated[int, Field(ge=1, le=50, description="Most campaigns to return")]


class CountryRevenue(BaseModel):
    """A country's revenue in whole US dollars, and its change to the month before in percent."""

    country: str
    usd: int
    change_percent: float | None


class Campaign(BaseModel):
    """A campaign's spend and revenue in whole US dollars; `return_on_spend` is their ratio."""

    campaign: str
    country: str
    spend_usd: int
    revenue_usd: int
    return_on_spend: float


@dataclass(frozen=True, slots=True)
class Books:
    """All figures: revenue by (month, country), and the campaigns."""

    revenue: dict[tuple[str, str], int]
    campaigns: tuple[Campaign, ...]

    @classmethod
    def seeded(cls, seed: int = 2026) -> Books:
        """Invented figures, the same ones on every machine."""
        dice = Random(seed)  # noqa: S311 - figures for a demo, not secrets.
        revenue: dict[tuple[str, str], int] = {}
        for rank, country in enumerate(_COUNTRIES):
            level = 9_000_000 / (rank + 1)
            for month in MONTHS:
                level *= 0.97 + 0.08 * dice.random()
                revenue[month, country] = round(level)
        return cls(revenue, tuple(_campaign(dice, number) for number in range(40)))


def _campaign(dice: Random, number: int) -> Campaign:
    spend = 5_000 + int(dice.random() * 200_000)
    ratio = 0.6 + 4 * dice.random()
    return Campaign(
        campaign=f"{_THEMES[number % len(_THEMES)]} {number // len(_THEMES) + 1}",
        country=_COUNTRIES[int(dice.random() * len(_COUNTRIES))],
        spend_usd=spend,
        revenue_usd=round(spend * ratio),
        return_on_spend=round(ratio, 2),
    )


@authorize_tool(policy="revenue-metrics")
def revenue_by_country(month: Month, ctx: Context[Books]) -> list[CountryRevenue]:
    """Revenue of one month by country, the largest first, with the change to the month before."""
    if re.fullmatch(r"\d{4}-\d{2}", month) is None or month not in MONTHS:
        raise Refusal(f"There are figures for {MONTHS[0]} to {MONTHS[-1]}; write YYYY-MM.")
    revenue = ctx.request_context.lifespan_context.revenue
    before = MONTHS[MONTHS.index(month) - 1] if month != MONTHS[0] else None
    found = [
        CountryRevenue(
            country=country,
            usd=revenue[month, country],
            change_percent=_change(revenue[before, country], revenue[month, country])
            if before
            else None,
        )
        for country in _COUNTRIES
    ]
    return sorted(found, key=lambda row: row.usd, reverse=True)


@authorize_tool(policy="revenue-metrics")
def top_campaigns(ctx: Context[Books], limit: Limit = 5) -> list[Campaign]:
    """The campaigns that earned most, with what they cost."""
    campaigns = ctx.request_context.lifespan_context.campaigns
    return sorted(campaigns, key=lambda campaign: campaign.revenue_usd, reverse=True)[:limit]


def revenue(books: Books | None = None) -> Kit:
    """A Revenue metrics server over some books (the seeded ones unless given)."""
    kit = Kit(
        "revenue",
        title="Revenue metrics",
        instructions="Revenue and campaigns of Example Corp. Figures are in US dollars.",
        policies=_POLICIES,
        state=books or Books.seeded(),
    )
    kit.tool(title="Revenue by country", read_only=True)(revenue_by_country)
    kit.tool(title="Top campaigns", read_only=True)(top_campaigns)
    return kit


def _change(before: int, now: int) -> float:
    return round((now - before) * 100 / before, 1)
