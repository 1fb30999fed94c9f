"""What a person may want to know of a tool before they decide: owner, risk, groups, usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auth.fault import Fault
from proxy.audit import Selection
from proxy.audit.statistics import count, percentile
from proxy.plain import marked, unlinked
from proxy.policy.circumstances import Circumstances
from proxy.policy.offering import Standing
from proxy.policy.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from proxy.audit.statistics import Usage
    from proxy.hub import Hub
    from proxy.policy.offering import Offering
    from proxy.session import Session

_DAYS = 30


async def about(hub: Hub, session: Session, server: str, tool: str) -> str:
    """A tool in a few lines of Markdown; empty for one that this user may not know of."""
    offering = hub.catalog.offerings.get(server)
    if offering is None or offering.standing is Standing.HIDDEN:
        return ""
    await hub.know(session)
    lines = [*_what(hub, session, offering, tool), _usage(await _used(hub, server, tool))]
    return "\n\n".join(unlinked(line) for line in lines if line)


def _what(hub: Hub, session: Session, offering: Offering, tool: str) -> Iterator[str]:
    groups = hub.identity.groups if hub.identity else frozenset()
    definitions = hub.catalog.definitions(offering.server)
    definition = next((one for one in definitions if one.get("name") == tool), {"name": tool})
    verdict = judge(offering, tool, definition, Circumstances(groups, workspace=session.place))
    yield f"**{marked(tool, 128)}** of {marked(offering.title, 80)}"
    who = offering.owner
    ways = ", ".join(marked(one, 120) for one in (who.contact, who.support) if one)
    reviewed = "" if offering.reviewed else " Not reviewed by your company."
    run = f"Run by {marked(who.team, 80)}" if who.team else "Its owner is not known"
    yield f"{run}{f' ({ways})' if ways else ''}.{reviewed}"
    yield f"Risk: {verdict.risk.value}. {marked(verdict.reason, 300)}"
    needed = sorted(offering.rule(tool).groups or offering.groups)
    if needed:
        mine = [group for group in needed if group in groups]
        has = f"you are in {marked(', '.join(mine), 200)}" if mine else "you are in none of them"
        yield f"For: {marked(', '.join(needed), 300)}; {has}."


async def _used(hub: Hub, server: str, tool: str) -> Usage | None:
    since, archive = hub.clock() - _DAYS * 86400, hub.journal.archive
    chosen = Selection(since=since, server=server, tool=tool)
    try:
        return (await hub.journal.look(lambda: count(archive.each(chosen), since))).total
    except Fault:
        return None


def _usage(usage: Usage | None) -> str:
    if usage is None:
        return ""
    if not usage.calls:
        return f"You have not called it in the last {_DAYS} days."
    half = percentile(usage.latencies, 0.5)
    took = f", half within {half:.0f} ms" if half is not None else ""
    said = f" You said yes {usage.approved} and no {usage.rejected} times." if usage.asked else ""
    ups, downs = usage.thumb("up"), usage.thumb("down")
    thumbs = f" Thumbs: {ups} up, {downs} down." if ups or downs else ""
    calls = "1 call" if usage.calls == 1 else f"{usage.calls} calls"
    return f"{calls} in {_DAYS} days, {usage.succeeded} succeeded{took}.{said}{thumbs}"
