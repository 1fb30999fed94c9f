"""What goes with each method: its params and its result, as data."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from ide_protocol.own.contract import approval, audit, care, names, status, trust, verdict

Keys = dict[str, Any]
"""Shapes that have no name of their own: key -> type."""

METHODS: dict[str, tuple[type | Keys, type | Keys]] = {
    names.STATUS: ({}, status.Status),
    names.SERVERS: ({}, {"servers": list[status.Server]}),
    names.TOOLS: ({"server": NotRequired[str]}, {"tools": list[status.Tool]}),
    names.GRANTS: ({}, {"grants": list[status.Grant]}),
    # With a server, the sign-in is that server's own, and there is no user of the company's.
    names.SIGN_IN: (
        {
            "server": NotRequired[str],
            "flow": NotRequired[Literal["best", "page", "device", "paste"]],
        },
        {"user": NotRequired[status.User]},
    ),
    # The address at which a browser stopped that could not come back by itself.
    names.SIGN_IN_ANSWER: ({"url": str}, {}),
    names.SIGN_OUT: ({"server": NotRequired[str]}, {}),
    # The result is the MCP `CallToolResult`, verbatim.
    names.CALL: (
        {"server": str, "tool": str, "arguments": NotRequired[dict[str, Any]]},
        dict[str, Any],
    ),
    names.APPROVALS: ({}, {"approvals": list[approval.Question]}),
    names.ANSWER: (approval.Reply, {}),
    names.LEASES: ({}, {"leases": list[approval.Lease]}),
    # Those that ended.
    names.REVOKE: ({"id": NotRequired[str]}, {"leases": list[approval.Lease]}),
    names.PAIR: ({"key": str}, {"paired": bool}),
    # The address of the approvals page.
    names.PAGE: ({}, {"url": str}),
    names.ACTIVITY: (audit.Page, audit.Activity),
    names.STATS: ({"since": NotRequired[float]}, audit.Stats),
    names.WHY: ({"server": str, "tool": NotRequired[str]}, verdict.Explanation),
    names.DOCTOR: ({}, {"checks": list[care.Check]}),
    names.DOCTOR_AUTH: ({}, {"chain": list[care.ChainLink]}),
    names.PINS: ({"server": NotRequired[str]}, {"pins": list[trust.Pin]}),
    names.PIN_DIFFERENCE: (
        {"server": str, "tool": NotRequired[str]},
        {"before": str, "after": str, "difference": list[str]},
    ),
    # The digest comes after a person's yes.
    names.ACCEPT_PIN: ({"server": str, "tool": NotRequired[str]}, {"digest": str}),
    names.PIN_BLOCK: ({"server": str}, {"pins": dict[str, Any], "leftOut": list[str]}),
    names.EXPLAIN: (
        {
            "server": str,
            "tool": str,
            "arguments": NotRequired[dict[str, Any]],
            "workspace": NotRequired[str],
        },
        verdict.Weighing,
    ),
    names.DRAFT: ({"server": str}, {"governance": dict[str, Any], "notes": list[str]}),
    names.REVIEW: ({}, approval.Review),
    names.DOCUMENT: ({"uri": str}, approval.Text),
    names.RATE: (audit.Rating, {}),
    # Names alone: no method gives a secret back.
    names.SECRETS: ({}, {"names": list[str]}),
    names.KEEP_SECRET: ({"name": str, "value": str}, {}),
    names.FORGET_SECRET: ({"name": str}, {"forgotten": bool}),
    # Goes offline or comes back, for every window; how that stands then.
    names.OFFLINE: ({"offline": bool}, {"offline": NotRequired[status.Offline]}),
    # `text` is the file's own, `path` where its programs are looked for, as the variable has it.
    names.TAKE_OVER: (
        {
            "text": str,
            "names": NotRequired[list[str]],
            "path": NotRequired[str],
            "dry": NotRequired[bool],
        },
        {"file": str, "servers": list[care.TakenOver]},
    ),
    # The hub ends.
    names.STOP: ({}, {}),
}
"""What goes with each method that a client calls: its params and its result."""

ASKED: dict[str, tuple[type | Keys, type | Keys | None]] = {
    names.APPROVE: ({"questions": list[approval.Question]}, {"answers": list[approval.Reply]}),
    names.CHANGED: ({"what": str}, None),
}
"""What the hub asks of an editor: params and result; a notification has no result."""
