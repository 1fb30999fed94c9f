"""What the hub finds when it looks at itself, and at the company, now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auth.fault import Fault
from ide_protocol.own.host_limit import REMEDY, excesses
from ide_protocol.own.summary import held_back, problems, quarantines
from proxy.catalog import State
from proxy.plain import plain
from proxy.policy.offering import Standing
from proxy.registry.fault import RegistrySignInNeeded
from proxy.upstream.fault import Kind, UpstreamFault
from proxy.user import no_company

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from auth.walk import ChainLink as Walked
    from ide_protocol.own.contract import ChainLink, Check
    from ide_protocol.own.host_limit import Excess
    from proxy.hub import Hub
    from proxy.trust.quarantine import Quarantine

PATIENCE = 5.0
"""Seconds that everybody who is asked has to answer, all at once."""

_ISSUER, _REGISTRY = "issuer", "registry"


@dataclass(frozen=True, slots=True)
class Look:
    """How a look around ended.

    Attributes:
        silent: The checks that did not end in time: `issuer`, `registry`, `server NAME`.
        issuer: What is wrong with the issuer; None when it answered well.
    """

    silent: frozenset[str] = frozenset()
    issuer: Fault | None = None


async def walk(hub: Hub) -> list[ChainLink]:
    """The chain that the company's sign-in hangs on, link by link.

    Raises:
        NothingToSignInTo: There is no company.
        Fault: The company's set-up does not count, so that nothing hangs on anything.
    """
    if hub.account is None or (hub.setup is not None and hub.setup.fault is not None):
        raise no_company(hub)
    return [_link(link) for link in await hub.account.walk()]


def _link(link: Walked) -> ChainLink:
    fault = link.fault
    return {
        "name": link.name,
        "expected": plain(link.expected, 300),
        "state": link.state,
        "finding": plain(link.found, 400),
        "who": fault.who.value if fault is not None else "",
        "remedy": plain(fault.remedy, 400) if fault is not None else "",
        "reference": fault.reference if fault is not None else "",
    }


async def look(hub: Hub, patience: float = PATIENCE) -> Look:
    """Ask the issuer, the registry and every offered server, together, for at most `patience` s."""
    until = asyncio.get_running_loop().time() + patience
    asked: dict[str, asyncio.Future[None]] = {}
    if hub.account is not None:
        asked[_ISSUER] = asyncio.ensure_future(hub.account.reach())
        asked[_REGISTRY] = asyncio.ensure_future(hub.upkeep.ask_registry())
    asked |= _asked_servers(hub, asked)
    if _REGISTRY in asked:
        # It may offer servers that nobody knew of; they are asked in what is left of the time.
        await asyncio.wait([asked[_REGISTRY]], timeout=patience)
        asked |= _asked_servers(hub, asked)
    if asked:
        left = until - asyncio.get_running_loop().time()
        await asyncio.wait(asked.values(), timeout=max(left, 0.0))
    silent = frozenset(name for name, one in asked.items() if not one.done())
    issuer: Fault | None = None
    for name, one in asked.items():
        if name in silent:
            one.cancel()
            continue
        try:
            one.result()
        except Fault as fault:
            issuer = fault  # The others keep their faults where everybody looks for them.
    return Look(silent, issuer)


def _asked_servers(hub: Hub, asked: Collection[str]) -> dict[str, asyncio.Future[None]]:
    """Every offered server that is not asked yet, being asked."""
    names = {f"server {server}": server for server in _offered(hub)}
    return {
        name: asyncio.ensure_future(hub.catalog.relist(server))
        for name, server in names.items()
        if name not in asked
    }


def checks(hub: Hub, seen: Look) -> list[Check]:
    """One finding per thing that must work, each with what to do when it does not."""
    found = [_failed("hub", fault) for fault in problems(hub) if fault is not hub.registry_fault]
    found.extend(_setup(hub))
    found.append(_sign_in(hub))
    if hub.account is not None:
        found.append(_issuer(seen))
    company = hub.configuration.company
    if company is not None and company.registry:
        found.append(_registry(hub, seen))
    found.extend(_server(hub, server, seen) for server in _offered(hub))
    found.extend(_held_back(server, ill) for server, ill in quarantines(hub))
    found.extend(_crowded(excess) for excess in excesses(hub))
    return found


def _setup(hub: Hub) -> list[Check]:
    """By whose word the company is; what is wrong with it is among the problems already."""
    setup = hub.setup
    if setup is None or setup.setup is None or setup.fault is not None:
        return []
    name = plain(setup.setup.company.name, 80)
    if setup.source == "administrator":
        return [_ok("set-up", f"{name}, by your administrator.")]
    if setup.kept.state == "sealed":
        return [_ok("set-up", f"{name}, as you accepted it.")]
    return [
        {
            "name": "set-up",
            "state": "warning",
            "finding": f"{name}; no keyring notes it, so a program of yours could replace it.",
            "remedy": "Have an administrator set the machine up, or start the desktop's keyring.",
        }
    ]


def _crowded(excess: Excess) -> Check:
    return {
        "name": f"tools for {plain(excess.host, 60)}",
        "state": "warning",
        "finding": excess.sentence(),
        "remedy": REMEDY,
    }


def _held_back(server: str, ill: Mapping[str, Quarantine]) -> Check:
    acceptable = any(why.can_be_accepted for why in ill.values())
    look = f"Run `portico trust list {server}`"
    return {
        "name": f"trust {server}",
        "state": "warning",
        "finding": held_back(ill),
        "remedy": f"{look}, then accept or not." if acceptable else f"{look}; it says who acts.",
    }


def _offered(hub: Hub) -> list[str]:
    offerings = hub.catalog.offerings
    return sorted(s for s, offering in offerings.items() if offering.standing is Standing.OFFERED)


def _issuer(seen: Look) -> Check:
    if _ISSUER in seen.silent:
        return _silent(_ISSUER, "The company's sign-on")
    if seen.issuer is not None:
        return _failed(_ISSUER, seen.issuer)
    return _ok(_ISSUER, "The company's sign-on answers, as of now.")


def _registry(hub: Hub, seen: Look) -> Check:
    if _REGISTRY in seen.silent:
        return _silent(_REGISTRY, "The registry")
    fault = hub.registry_fault
    if isinstance(fault, RegistrySignInNeeded) and hub.identity is None:
        return _ok(_REGISTRY, "It answers, and waits for your sign-in.")
    if fault is not None:
        return _failed(_REGISTRY, fault)
    # What is hidden from this user is not even counted.
    known = [o for o in hub.catalog.offerings.values() if o.standing is not Standing.HIDDEN]
    count = sum(offering.reviewed for offering in known)
    listed = "1 server is" if count == 1 else f"{count} servers are"
    return _ok(_REGISTRY, f"{listed} listed for you, as of now.")


def _sign_in(hub: Hub) -> Check:
    account, identity = hub.account, hub.identity
    if hub.setup is not None and hub.setup.fault is not None:
        return {
            "name": "sign-in",
            "state": "failed",
            "finding": "Nobody can sign in until the company's set-up counts again.",
            "remedy": "",
        }
    if account is None:
        return _ok("sign-in", "No company is configured, so nobody signs in.")
    if identity is None:
        return {
            "name": "sign-in",
            "state": "failed",
            "finding": "Nobody is signed in.",
            "remedy": "Run `portico login`.",
        }
    if account.storage == "unencrypted-file":
        return {
            "name": "sign-in",
            "state": "warning",
            "finding": f"Signed in as {plain(identity.name)}, kept in a file without encryption.",
            "remedy": "Take `unencrypted_tokens_on_disk` back as soon as there is a keyring.",
        }
    if account.storage == "memory":
        return {
            "name": "sign-in",
            "state": "warning",
            "finding": f"Signed in as {plain(identity.name)}, kept in memory only.",
            "remedy": "Unlock or install a keyring (Secret Service, KWallet) to stay signed in.",
        }
    return _ok("sign-in", f"Signed in as {plain(identity.name)}, sealed with the keyring.")


def _server(hub: Hub, server: str, seen: Look) -> Check:
    name = f"server {server}"
    state, tools, fault = hub.catalog.state(server)
    if name in seen.silent:
        return _silent(name, "It")
    if fault is not None:
        return _failed(name, fault)
    if state is not State.LIVE:
        return {
            "name": name,
            "state": "warning",
            "finding": "It has not answered yet.",
            "remedy": "Portico goes on asking; look again in half a minute.",
        }
    return _ok(name, f"{tools} tools, {hub.catalog.era(server)} era, as of now.")


def _silent(name: str, who: str) -> Check:
    return {
        "name": name,
        "state": "warning",
        "finding": f"{who} did not answer within {PATIENCE:g} seconds.",
        "remedy": "Check the network or VPN; Portico goes on asking.",
    }


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
