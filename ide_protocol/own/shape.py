"""What the hub holds, in the shapes of `ide_protocol.own.contract`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy.approval import Answer
from proxy.plain import plain

if TYPE_CHECKING:
    from auth.fault import Fault
    from ide_protocol.own import contract
    from proxy.approval import Question
    from proxy.approval.change import Change
    from proxy.approval.lease import Lease
    from proxy.policy.offering import Owner
    from proxy.session import Session


def report(fault: Fault) -> contract.FaultReport:
    """A fault as `contract.FaultReport`."""
    return fault.as_json()  # type: ignore[return-value]  # the same shape, built by auth


def question(asked: Question) -> contract.Question:
    """A question as `contract.Question`."""
    shown: contract.Question = {
        "id": asked.id,
        "tag": asked.tag,
        "server": asked.server,
        "title": plain(asked.title, 80),
        "owner": owner(asked.owner),
        "reviewed": asked.reviewed,
        "tool": plain(asked.tool, 128),
        "risk": asked.risk.value,
        "arguments": asked.arguments,
        "reason": plain(asked.reason, 400),
        "host": plain(asked.host, 80),
        "workspace": asked.workspace,
        "deadline": asked.deadline,
        "changes": None if asked.changes is None else [change(one) for one in asked.changes],
        "lease": None
        if asked.lease is None
        else {"minutes": asked.lease.minutes, "calls": asked.lease.calls},
        "inputSchema": None if asked.schema is None else dict(asked.schema),
        "surfaces": sorted(asked.surfaces),
        "coded": asked.coded,
    }
    if asked.difference is not None:
        shown["difference"] = list(asked.difference)
    return shown


def coded(asked: Question) -> contract.Question:
    """The same for a paired editor, with the code of a terminal's yes where it has one."""
    shown = question(asked)
    if asked.code:
        shown["code"] = asked.code
    return shown


def change(one: Change) -> contract.Change:
    """A difference as `contract.Change`."""
    return {"path": plain(one.path, 200), "before": one.before, "after": one.after}


def lease(given: Lease) -> contract.Lease:
    """A lease or a stop as `contract.Lease`."""
    yes = given.answer is Answer.YES
    return {
        "id": given.id,
        "answer": "yes" if yes else "no",
        "server": given.scope.server,
        "title": plain(given.title, 80),
        "tool": plain(given.scope.tool, 128),
        "arguments": {plain(k, 128): plain(v, 400) for k, v in given.patterns.items()},
        "host": plain(given.scope.host, 80),
        "workspace": given.scope.workspace,
        "until": given.until if yes else None,
        "left": given.left if yes else None,
    }


def owner(named: Owner) -> contract.Owner:
    """An owner as `contract.Owner`."""
    return {
        "team": plain(named.team, 80),
        "contact": plain(named.contact, 120),
        "support": plain(named.support, 120),
    }


def window(session: Session) -> contract.Window:
    """A session as `contract.Window`."""
    return {
        "id": session.id,
        "role": session.role,
        "host": plain(session.host, 80),
        "workspace": session.workspace,
        "pid": session.pid,
        "paired": session.paired,
    }
