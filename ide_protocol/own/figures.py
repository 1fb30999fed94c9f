"""What the audit adds up to, in the shapes of `ide_protocol.own.contract`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.own.activity import selection
from proxy.audit import Selection
from proxy.audit.statistics import count, percentile, rate, series
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ide_protocol.own import contract
    from ide_protocol.own.params import Params
    from proxy.audit.statistics import Statistics, Usage
    from proxy.hub import Hub


async def stats(hub: Hub, params: Params) -> contract.Stats:
    """See `contract.STATS`.

    Raises:
        BadParams: `since` is no time.
        AuditUnreadable: The audit cannot be read.
    """
    since, until = selection({"since": params.get("since")}).since, hub.clock()
    archive = hub.journal.archive
    found = await hub.journal.look(lambda: count(archive.each(Selection(since=since)), since))
    return shown(found, until)


def shown(found: Statistics, until: float) -> contract.Stats:
    """Statistics as `contract.Stats`, until Unix seconds `until`."""
    since = found.since if found.since is not None else until
    servers = [_usage(one, since, until, server) for server, one in found.servers.items()]
    tools = [_usage(one, since, until, *name) for name, one in found.tools.items()]
    return {
        "since": since,
        "until": until,
        "total": _usage(found.total, since, until),
        "servers": _busiest(servers),
        "tools": _busiest(tools),
    }


def _busiest(some: list[contract.Usage]) -> list[contract.Usage]:
    return sorted(some, key=lambda one: (-one["calls"], one["server"], one["tool"]))


def _usage(
    usage: Usage, since: float, until: float, server: str = "", tool: str = ""
) -> contract.Usage:
    return {
        "server": plain(server, 80),
        "tool": plain(tool, 128),
        "calls": usage.calls,
        "succeeded": usage.succeeded,
        "failed": usage.failed,
        "denied": usage.denied,
        "cancelled": usage.cancelled,
        "successRate": rate(usage.succeeded, usage.calls),
        "errorRate": rate(usage.failed, usage.calls),
        "latency": _spread(usage.latencies),
        "asked": usage.asked,
        "approved": usage.approved,
        "rejected": usage.rejected,
        "unanswered": usage.unanswered,
        "rejectionRate": rate(usage.rejected, usage.approved + usage.rejected),
        "decision": _spread(usage.decisions),
        "minutesSaved": round(usage.minutes, 6),
        "thumbsUp": usage.thumb("up"),
        "thumbsDown": usage.thumb("down"),
        "series": series(usage.times, since, until),
    }


def _spread(samples: Sequence[float]) -> contract.Spread | None:
    p50, p95, p99 = (percentile(samples, share) for share in (0.5, 0.95, 0.99))
    if p50 is None or p95 is None or p99 is None:
        return None
    return {"p50": round(p50, 3), "p95": round(p95, 3), "p99": round(p99, 3)}
