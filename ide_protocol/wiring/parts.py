"""The parts of a hub that stand alone, each from what is configured."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from auth.fault import Fault, Who
from auth.lock_file import LockFile
from auth.seal import Seal
from auth.vault_key import VaultKey
from ide_protocol.wiring.sealed import key_lock
from proxy.audit import Journal
from proxy.catalog import Catalog, Snapshot
from proxy.configuration import Configuration, load
from proxy.offline import Switch
from proxy.registry import Registry
from proxy.setup.company_setup import CompanySetup
from proxy.setup.kept import Kept
from proxy.trust.keeper import Keeper
from proxy.trust.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.network import Network
    from proxy.configuration import Company
    from proxy.home import Home
    from proxy.policy.offering import Offering
    from proxy.session import Sessions
    from proxy.upstream.face import Face


class AuditClosed(Fault):
    """The audit cannot be opened, so no call is sent."""

    reference = "audit-closed"
    who = Who.PERSON
    remedy = "Make the folder writable; `portico doctor` names it. No call is sent meanwhile."


def company_setup(home: Home) -> CompanySetup:
    """The set-up of a home, not read yet."""
    return CompanySetup(Kept(f"{home.state}/setup", VaultKey(home.keyring_service)))


def configuration(home: Home, setup: CompanySetup, problems: list[Fault]) -> Configuration:
    """What portico.toml says below the set-up; what is wrong with it is added to `problems`."""
    given = setup.load()
    if setup.fault is not None:
        # What portico.toml says alone is not what the company set up, so nothing of it counts.
        return Configuration(path=home.file)
    try:
        return load(home.file, given)
    except Fault as fault:
        problems.append(fault)
        return Configuration(path=home.file)


def way_out(home: Home) -> Network:
    """How this home reaches others, for a command without a hub; offline where the home is.

    Raises:
        Fault: portico.toml or the company's set-up cannot be used.
    """
    problems: list[Fault] = []
    setup = company_setup(home)
    found = configuration(home, setup, problems)
    if setup.fault is not None:
        raise setup.fault
    if problems:
        raise problems[0]
    network = found.network.open()
    network.suggest(os.environ)
    switch(network, home).look()
    return network


def journal(home: Home, problems: list[Fault]) -> Journal:
    """The audit, opened where that can be."""
    journal = Journal(home.audit)
    try:
        journal.open()
    except OSError as wrong:
        problems.append(AuditClosed(f"The audit cannot be opened ({wrong.strerror})."))
    return journal


def switch(network: Network, home: Home, company: Company | None = None) -> Switch:
    """A person's word that Portico is offline."""
    return Switch(f"{home.state}/offline", network, company.issuer if company else "")


def registry(configuration: Configuration, network: Network, home: Home) -> Registry | None:
    """The company's registry, where it has one."""
    company = configuration.company
    if company is None or not company.registry:
        return None
    seal = Seal(
        VaultKey(home.keyring_service), LockFile(key_lock(home)), f"registry {company.registry}"
    )
    directory = f"{home.cache}/registry"
    return Registry(company, network=network, directory=directory, clock=time.time, seal=seal)


def catalog(home: Home, sessions: Sessions, connect: Callable[[Offering], Face]) -> Catalog:
    """The catalog, with the lists and the pins that are on disk."""
    return Catalog(
        snapshot=Snapshot(f"{home.cache}/catalog"),
        connect=connect,
        changed=sessions.tools_changed,
        clock=time.time,
        keeper=Keeper(Store(f"{home.state}/trust"), time.time),
    )
