"""What an audit adds up to, for people: four lines, then one for each tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.command_line.moment import local, span, took
from ide_protocol.command_line.view.table import DIM, GREEN, RED, YELLOW, Table, facts, text
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from rich.text import Text

    from ide_protocol.own.contract import Spread, Stats, Usage

_BARS = "▁▂▃▄▅▆▇█"
_NONE = "·"
_NARROW = 12
"""Bars of one tool's picture."""

_NOWHERE = "(no such tool)"
_WELL, _ILL = 0.95, 0.8


def view(found: Stats) -> RenderableType:
    """The whole, then each tool, the busiest first."""
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    total = found["total"]
    days = f"{local(found['since'])[0]} to {local(found['until'])[0]}"
    parts: list[RenderableType] = [
        text(f"{days}, {span(found['until'] - found['since'])}", "bold"),
        facts(
            (
                ("calls", text(_calls(total))),
                ("", text(bars(total["series"]), GREEN)),
                ("servers took", text(_spread(total["latency"]))),
                ("people", text(_people(total))),
                ("saved", text(_saved(total["minutesSaved"]))),
                *((("thumbs", text(_thumbs(total))),) if _rated(total) else ()),
            )
        ),
        "",
        _table("TOOL", found["tools"]),
    ]
    if len(found["servers"]) > 1:
        parts += ["", _table("SERVER", found["servers"])]
    return Group(*parts)


def bars(counts: Sequence[int], width: int | None = None) -> str:
    """A small picture of some counts; a point stands for none.

    Args:
        counts: At most one for each bar.
        width: How many bars, where neighbours are to share one.
    """
    if width is not None and len(counts) > width:
        each = -(-len(counts) // width)
        counts = [sum(counts[place : place + each]) for place in range(0, len(counts), each)]
    most = max(counts, default=0)
    return "".join(_BARS[-(-one * len(_BARS) // most) - 1] if one else _NONE for one in counts)


def _table(what: str, some: Sequence[Usage]) -> Table:
    # Few people rate results; where nobody did, there is nothing to show a column of.
    thumbs = ("THUMBS",) if any(map(_rated, some)) else ()
    numbers = ("CALLS", "OK", "HALF IN", "95% IN", "SAID NO", "DECIDED", "SAVED", *thumbs)
    return Table(
        (what, *numbers, "WHEN"),
        [_row(one, thumbs=bool(thumbs)) for one in some],
        right=numbers,
        spared=("95% IN", "DECIDED", "SAID NO", "WHEN", "HALF IN", *thumbs),
        whole=True,
    )


def _row(one: Usage, *, thumbs: bool) -> tuple[Text, ...]:
    name = ".".join(filter(None, (plain(one["server"]), plain(one["tool"]))))
    latency, decision = one["latency"], one["decision"]
    return (
        text(name or _NOWHERE, "bold" if name else DIM),
        text(f"{one['calls']:,}"),
        text(_percent(one["successRate"]), _colour(one["successRate"])),
        text(took(latency["p50"]) if latency else ""),
        text(took(latency["p95"]) if latency else ""),
        text(_percent(one["rejectionRate"])),
        text(took(decision["p50"]) if decision else ""),
        text(_time(one["minutesSaved"]) if one["minutesSaved"] else ""),
        *((text(_thumbs(one)),) if thumbs else ()),
        text(bars(one["series"], _NARROW), GREEN),
    )


def _calls(total: Usage) -> str:
    ways = (
        (total["succeeded"], "succeeded"),
        (total["failed"], "failed"),
        (total["denied"], "denied"),
        (total["cancelled"], "cancelled"),
    )
    said = ", ".join(f"{count:,} {how}" for count, how in ways if count)
    ended = f": {said}" if said else ""
    good, bad = _percent(total["successRate"]), _percent(total["errorRate"])
    rates = f" ({good} success, {bad} errors)" if total["calls"] else ""
    return f"{total['calls']:,}{ended}{rates}"


def _spread(latency: Spread | None) -> str:
    if latency is None:
        return "nothing was answered"
    half, most, nearly = (took(latency[key]) for key in ("p50", "p95", "p99"))
    return f"half within {half}, 95% within {most}, 99% within {nearly}"


def _people(total: Usage) -> str:
    if not total["asked"]:
        return "were not asked"
    said = [f"{total['approved']:,} yes", f"{total['rejected']:,} no"]
    if total["rejectionRate"] is not None:
        said[1] += f" ({_percent(total['rejectionRate'])})"
    if total["unanswered"]:
        said.append(f"{total['unanswered']:,} without an answer")
    times = "once" if total["asked"] == 1 else f"{total['asked']:,} times"
    decision = total["decision"]
    half = f"; half decided in {took(decision['p50'])}" if decision else ""
    return f"asked {times}: {', '.join(said)}{half}"


def _saved(minutes: float) -> str:
    if not minutes:
        return "no owner has estimated that"
    return f"{_time(minutes)}: the owners' estimate for each success, added up"


def _rated(one: Usage) -> bool:
    return bool(one["thumbsUp"] or one["thumbsDown"])


def _thumbs(one: Usage) -> str:
    return f"{one['thumbsUp']:,} up, {one['thumbsDown']:,} down" if _rated(one) else ""


def _time(minutes: float) -> str:
    whole = round(minutes)
    if whole < 1:
        return f"{minutes:.1f} min"
    hours, rest = divmod(whole, 60)
    return f"{hours:,} h {rest} min" if hours else f"{rest} min"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f}%"


def _colour(share: float | None) -> str:
    if share is None or share >= _WELL:
        return ""
    return YELLOW if share >= _ILL else RED
