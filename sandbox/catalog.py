"""What Example Corp's registry lists: six servers, each with its owner, reviews and rules.

One entry is an envelope of the official MCP registry API v0.1: `server` is the publisher's, and
`_meta` the registry's own. Governance stands in the latter, so that no publisher writes its own
approval.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

GOVERNANCE = "com.example.corp/governance"
OFFICIAL = "io.modelcontextprotocol.registry/official"

Entry = dict[str, Any]
"""One envelope as it travels: JSON, because the registry's fields are open."""

SPARK_AUDIENCE = "https://spark.corp.example/"
"""Tokens of it are exchanged for the company's own (RFC 8693)."""

REVENUE_AUDIENCE = "revenue-metrics"
"""A name, which the issuer is told in a parameter of its own."""

KNOWLEDGE_AUDIENCE = "https://knowledge.vendor.example/mcp"
"""The vendor's own resource identifier: the company vouches at the vendor's issuer."""

VENDOR_CLIENT_ID = "example-corp-portico"

_SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
_PREFIX = "com.example.corp/"


def name(server: str) -> str:
    """A server's name in the registry."""
    return _PREFIX + server


def catalog(
    gateway: str,
    *,
    applications: Collection[str],
    audience: str,
    today: dt.date,
    vendor: str = "",
) -> list[Entry]:
    """The entries for the servers that run, and for two that visitors should meet.

    `notebook` waits for its review, and `incidents` (the knowledge server under another name) is
    hidden from everybody outside the security group; both are listed where `knowledge` runs.
    Applications that this module does not know are listed for all employees, as reads. Of those
    that it knows, each wants its token in a way of its own; `vendor` is the issuer of the vendor
    that runs Knowledge.
    """
    shelf = _Shelf(gateway, audience, today, vendor)
    found = [_KNOWN[each](shelf) if each in _KNOWN else shelf.other(each) for each in applications]
    if "knowledge" in applications:
        found += [_incidents(shelf), _notebook(shelf)]
    return sorted(found, key=lambda entry: str(entry["server"]["name"]))


def groups(entry: Entry) -> frozenset[str]:
    """The groups whose members may use a listed server."""
    return frozenset(entry["_meta"][GOVERNANCE]["access"]["groups"])


def tool(risk: str, confirm: str = "risky", *, minutes: float = 0, only: str = "") -> Entry:
    """What the registry says of one tool."""
    rule: Entry = {"risk": risk, "confirm": confirm, "minutesSaved": minutes}
    return {**rule, "groups": [only]} if only else rule


_REST = tool("unknown", "always")


class _Shelf:
    """Fills in what all entries of one company share."""

    def __init__(self, gateway: str, audience: str, today: dt.date, vendor: str) -> None:
        self.vendor = vendor
        self._gateway = gateway
        self._audience = audience
        # Reviews expire relative to today, so that the sandbox works in any year.
        self._review = (today - dt.timedelta(days=30)).isoformat()
        self._expiry = (today + dt.timedelta(days=335)).isoformat()

    def entry(
        self,
        server: str,
        title: str,
        description: str,
        *,
        team: str,
        access: list[str],
        tools: Entry,
        tickets: int,
        visibility: str = "explain",
        genai: str = "approved",
        auth: Entry | None = None,
    ) -> Entry:
        """One approved entry, unless `genai` says that its GenAI review is elsewhere."""
        moment = f"{self._review}T09:00:00Z"
        stamps = {"publishedAt": moment, "updatedAt": moment, "statusChangedAt": moment}
        remote = {"type": "streamable-http", "url": f"{self._gateway}/{server}/mcp"}
        governance: Entry = {
            "schemaVersion": 1,
            "environment": "prod",
            "visibility": visibility,
            "owner": {
                "team": team,
                "contact": f"{team}@corp.example",
                "support": f"slack://#{server}-help",
            },
            "reviews": {
                "security": {
                    "ticket": f"SEC-{4400 + tickets}",
                    "state": "approved",
                    "expires": self._expiry,
                },
                "legalPrivacy": {"ticket": f"LEG-{900 + tickets}", "state": "approved"},
                "genai": {"ticket": f"GAI-{110 + tickets}", "state": genai},
            },
            "auth": auth or {"mode": "user-jwt", "audience": self._audience, "scopes": []},
            "access": {"groups": access},
            "context": {"surfaces": ["ide"]},
            "tools": {**tools, "*": _REST} if "*" not in tools else tools,
        }
        return {
            "server": {
                "$schema": _SCHEMA,
                "name": name(server),
                "title": title,
                "description": description,
                "version": "1.0.0",
                "websiteUrl": f"https://wiki.corp.example/mcp/{server}",
                "remotes": [remote],
            },
            "_meta": {
                OFFICIAL: {"status": "active", **stamps, "isLatest": True},
                GOVERNANCE: governance,
            },
        }

    def other(self, server: str) -> Entry:
        """An application that only a test or a benchmark knows."""
        return self.entry(
            server,
            server.capitalize(),
            "A server of this sandbox.",
            team="sandbox",
            access=["employees"],
            tools={"*": tool("read")},
            tickets=99,
        )


def _presto(shelf: _Shelf) -> Entry:
    return shelf.entry(
        "presto",
        "Presto",
        "Query the data warehouse in Presto SQL.",
        team="data-platform",
        access=["data-eng", "ads-eng"],
        tickets=11,
        tools={
            "list_tables": tool("read", minutes=2),
            "describe_table": tool("read", minutes=2),
            "run_query": tool("read", minutes=12),
            "overwrite_table": tool("destructive", minutes=8),
            "drop_table": tool("destructive", "always", minutes=3),
        },
    )


def _spark(shelf: _Shelf) -> Entry:
    return shelf.entry(
        "spark",
        "Spark",
        "Explain failed and slow Spark jobs.",
        team="batch-infra",
        access=["data-eng", "ads-eng"],
        tickets=12,
        auth={"mode": "user-jwt", "grant": "exchange", "audience": SPARK_AUDIENCE},
        tools={
            "list_applications": tool("read", minutes=3),
            "list_failed_jobs": tool("read", minutes=5),
            "explain_failure": tool("read", minutes=25),
            "log_summary": tool("read", minutes=15),
            "record_root_cause": tool("write", minutes=5),
        },
    )


def _knowledge(shelf: _Shelf) -> Entry:
    return shelf.entry(
        "knowledge",
        "Knowledge",
        "Search the engineering handbook, with sources.",
        team="developer-experience",
        access=["employees"],
        tickets=13,
        auth=_vouched(shelf.vendor),
        tools={"search": tool("read", minutes=6), "read_document": tool("read", minutes=2)},
    )


def _revenue(shelf: _Shelf) -> Entry:
    return shelf.entry(
        "revenue",
        "Revenue metrics",
        "Revenue by country and campaign.",
        team="ads-analytics",
        access=["ads-eng"],
        tickets=14,
        auth={"mode": "user-jwt", "audience": REVENUE_AUDIENCE},
        tools={
            "revenue_by_country": tool("sensitive-read", minutes=10, only="ads-eng"),
            "top_campaigns": tool("sensitive-read", minutes=10, only="ads-eng"),
        },
    )


def _currency(shelf: _Shelf) -> Entry:
    return shelf.entry(
        "currency",
        "Currency",
        "Convert amounts between currencies.",
        team="finance-tools",
        access=["employees"],
        tickets=17,
        tools={"convert": tool("read", minutes=1)},
    )


def _vouched(vendor: str) -> Entry | None:
    """How a token of the vendor's comes about, where the vendor is there."""
    if not vendor:
        return None
    return {
        "mode": "user-jwt",
        "grant": "enterprise",
        "issuer": vendor,
        "clientId": VENDOR_CLIENT_ID,
        "audience": KNOWLEDGE_AUDIENCE,
        "scopes": ["handbook.read"],
    }


def _incidents(shelf: _Shelf) -> Entry:
    return shelf.entry(
        "incidents",
        "Incidents",
        "Search confidential incident reports.",
        team="security-response",
        access=["security"],
        tickets=15,
        visibility="hidden",
        tools={"search": tool("sensitive-read"), "read_document": tool("sensitive-read")},
    )


def _notebook(shelf: _Shelf) -> Entry:
    return shelf.entry(
        "notebook",
        "Notebooks",
        "Run cells of shared notebooks.",
        team="ml-platform",
        access=["employees"],
        tickets=16,
        genai="pending",
        tools={"run_cell": tool("destructive", "always")},
    )


_KNOWN = {
    "presto": _presto,
    "spark": _spark,
    "knowledge": _knowledge,
    "revenue": _revenue,
    "currency": _currency,
}
