"""What the hub holds, in the shapes of `ide_protocol.own.contract`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.approval import Answer
from proxy.naming import public_name
from proxy.plain import plain
from proxy.policy.ruling import Ruling
from proxy.policy.verdict import explanation, judge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auth.device import UserCode
    from auth.fault import Fault
    from ide_protocol.own import contract
    from proxy.approval import Question
    from proxy.approval.change import Change
    from proxy.approval.lease import Lease
    from proxy.catalog import Catalog
    from proxy.hub import Hub
    from proxy.policy.circumstances import Circumstances
    from proxy.policy.offering import Offering, Owner
    from proxy.session import Session
    from proxy.trust.quarantine import Quarantine


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


def offline(hub: Hub) -> contract.Offline | None:
    """Whether Portico is offline, and by whom, as `contract.Offline`."""
    by = hub.horizon.offline
    return None if by is None else {"by": by, "since": hub.switch.since}


def server(offering: Offering, catalog: Catalog) -> contract.Server:
    """A server that the user may know of, as `contract.Server`."""
    state, tools, fault = catalog.state(offering.server)
    return {
        "server": offering.server,
        "name": offering.name,
        "title": plain(offering.title, 80),
        "description": plain(offering.description, 300),
        "owner": owner(offering.owner),
        "reviewed": offering.reviewed,
        "environment": offering.environment,
        "standing": offering.standing.value,  # type: ignore[typeddict-item]  # never HIDDEN
        "reason": plain(explanation(offering), 500),
        "state": state.value,
        "era": catalog.era(offering.server),
        "tools": tools,
        "fetched": catalog.fetched_at(offering.server),
        "fault": report(fault) if fault else None,
    }


def tool(
    offering: Offering,
    definition: dict[str, Any],
    who: Circumstances,
    ill: Mapping[str, Quarantine],
) -> contract.Tool:
    """A tool as `contract.Tool`.

    Args:
        offering: Its server.
        definition: What the server says of it.
        who: Whose call the verdict is about.
        ill: The server's tools that are in quarantine.
    """
    own = definition["name"]
    verdict = judge(offering, own, definition, who)
    # What the user may not call is not explained by what is wrong with it.
    why = ill.get(own) if verdict.ruling is not Ruling.DENY else None
    title, schema = definition.get("title"), definition.get("inputSchema")
    return {
        "name": public_name(offering.server, own),
        "server": offering.server,
        "tool": plain(own, 128),
        "title": plain(str(title or ""), 80),
        "description": plain(str(definition.get("description") or ""), 500),
        "risk": verdict.risk.value,
        "verdict": "deny" if why else verdict.ruling.value,
        "reason": plain(why.says if why else verdict.reason, 400),
        "rule": f"quarantine ({why.reason})" if why else verdict.rule,
        "inputSchema": schema if isinstance(schema, dict) else {},
    }


def user(hub: Hub) -> contract.User | None:
    """Who is signed in, and where that is kept, as `contract.User`; None for nobody."""
    account, identity = hub.account, hub.identity
    if account is None or identity is None:
        return None
    return {
        "name": plain(identity.name, 80),
        "subject": identity.subject,
        "issuer": identity.issuer,
        "groups": sorted(identity.groups),
        "storage": account.storage,
    }


def user_code(code: UserCode) -> contract.UserCode:
    """A code to sign in with as `contract.UserCode`."""
    shown: contract.UserCode = {
        "code": plain(code.code, 40),
        "page": code.page,
        "lifetime": code.lifetime,
    }
    if code.complete is not None:
        shown["complete"] = code.complete
    return shown


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
