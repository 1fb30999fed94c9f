"""What the hub finds when it looks at itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.own.summary import problems
from proxy.catalog import State
from proxy.plain import plain
from proxy.policy.offering import Standing
from proxy.upstream.fault import Kind, UpstreamFault

if TYPE_CHECKING:
    from auth.fault import Fault
    from ide_protocol.own.contract import Check
    from proxy.hub import Hub


def checks(hub: Hub) -> list[Check]:
    """One finding per thing that must work, each with what to do when it does not."""
    found = [
        _failed("registry" if fault is hub.registry_fault else "hub", fault)
        for fault in problems(hub)
    ]
    found.append(_sign_in(hub))
    company = hub.configuration.company
    if company is not None and company.registry and hub.registry_fault is None:
        entries = len(hub.listing.entries) if hub.listing else 0
        found.append(_ok("registry", f"{entries} servers are listed."))
    for server, offering in sorted(hub.catalog.offerings.items()):
        if offering.standing is Standing.OFFERED:
            found.append(_server(hub, server))
    return found


def _sign_in(hub: Hub) -> Check:
    account, identity = hub.account, hub.identity
    if account is None:
        return _ok("sign-in", "No company is configured, so nobody signs in.")
    if identity is None:
        return {
            "name": "sign-in",
            "state": "failed",
            "finding": "Nobody is signed in.",
            "remedy": "Run `portico login`.",
        }
    if account.storage == "memory":
        return {
            "name": "sign-in",
            "state": "warning",
            "finding": f"Signed in as {plain(identity.name)}, kept in memory only.",
            "remedy": "Unlock or install a keyring (Secret Service, KWallet) to stay signed in.",
        }
    return _ok("sign-in", f"Signed in as {plain(identity.name)}, sealed with the keyring.")


def _server(hub: Hub, server: str) -> Check:
    state, tools, fault = hub.catalog.state(server)
    if fault is not None:
        return _failed(f"server {server}", fault)
    if state is State.ABSENT:
        return {
            "name": f"server {server}",
            "state": "warning",
            "finding": "It has not answered yet.",
            "remedy": "Portico goes on asking; look again in half a minute.",
        }
    return _ok(f"server {server}", f"{tools} tools, {hub.catalog.era(server)} era.")


def _failed(name: str, fault: Fault) -> Check:
    passing = isinstance(fault, UpstreamFault) and fault.kind is Kind.TRANSIENT
    return {
        "name": name,
        "state": "warning" if passing else "failed",
        "finding": plain(fault.message, 400),
        "remedy": plain(fault.remedy, 300),
    }


def _ok(name: str, finding: str) -> Check:
    return {"name": name, "state": "ok", "finding": finding, "remedy": ""}
