"""What the hub holds, in the shapes of `ide_protocol.own.contract`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy.plain import plain

if TYPE_CHECKING:
    from auth.fault import Fault
    from ide_protocol.own import contract
    from proxy.approval import Question
    from proxy.policy.offering import Owner
    from proxy.session import Session


def report(fault: Fault) -> contract.FaultReport:
    """A fault as `contract.FaultReport`."""
    return fault.as_json()  # type: ignore[return-value]  # the same shape, built by auth


def question(asked: Question) -> contract.Question:
    """A question as `contract.Question`."""
    return {
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
    }
