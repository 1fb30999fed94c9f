"""The one place where everybody meets: it builds the hub of a home."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from auth.vault_key import VaultKey
from ide_protocol.wiring import joints, parts, sealed
from ide_protocol.wiring.connector import connector
from ide_protocol.wiring.parts import company_setup, way_out
from proxy.configuration.company_policy import CompanyPolicy
from proxy.hub import Hub
from proxy.remembered import Remembered
from proxy.session import Sessions
from proxy.setup.company_setup import CompanySetup
from proxy.setup.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.fault import Fault
    from proxy.cassette.cassette import Cassette
    from proxy.configuration import Configuration
    from proxy.home import Home
    from proxy.policy.offering import Offering
    from proxy.upstream.face import Face


__all__ = ["build", "build_replay", "company_setup", "way_out"]


def build_replay(home: Home, cassette: Cassette) -> Hub:
    """A hub whose servers are those of a cassette; it reaches nobody and asks nobody.

    Args:
        home: Where its state is, which should be thrown away with it.
        cassette: What was recorded.
    """
    from proxy.cassette import replay  # nobody else needs it

    made = build(
        home,
        CompanyPolicy(path=""),
        CompanySetup(Kept(f"{home.state}/setup", VaultKey(home.keyring_service)), managed=""),
        configuration=replay.configuration(cassette),
        connect=lambda offering: replay.Replayed(offering.server, cassette),
    )
    made.exchanges.judging = replay.Reading(cassette)
    return made


def build(
    home: Home,
    company_policy: CompanyPolicy | None = None,
    setup: CompanySetup | None = None,
    *,
    configuration: Configuration | None = None,
    connect: Callable[[Offering], Face] | None = None,
) -> Hub:
    """The hub of a home, its parts joined and its upkeep not yet begun.

    A broken portico.toml makes a hub that offers nothing and says why.

    Args:
        home: Where its configuration and state are.
        company_policy: In place of the one that an administrator put on this machine.
        setup: In place of the one that the company set up on this machine.
        configuration: In place of what portico.toml says.
        connect: Makes the connection to an offered server, in place of the real one.
    """
    problems: list[Fault] = []
    setup = setup or company_setup(home)
    configuration = configuration or parts.configuration(home, setup, problems)
    network = configuration.network.open()
    account = sealed.account(configuration, network, home)
    own_sign_ins = sealed.own_sign_ins(configuration, network, home)
    secrets = sealed.secrets(home)
    sessions = Sessions()
    hub = Hub(
        configuration=configuration,
        problems=problems,
        network=network,
        sessions=sessions,
        account=account,
        own_sign_ins=own_sign_ins,
        secrets=secrets,
        remembered=Remembered(f"{home.cache}/signed-in.json"),
        registry=parts.registry(configuration, network, home),
        catalog=parts.catalog(
            home,
            sessions,
            connect
            or connector(lambda: hub, home, network, account, own_sign_ins, secrets=secrets),
        ),
        desk=joints.desk(lambda: hub, sessions, signs_in=account is not None),
        pairings=sealed.pairings(configuration, home, sessions, signs_in=account is not None),
        journal=parts.journal(home, problems),
        switch=parts.switch(network, home, configuration.company),
        clock=time.time,
        company_policy=company_policy or CompanyPolicy(),
        home=os.path.expanduser("~"),  # noqa: PTH111 - text, as rules and workspaces are.
        setup=setup,
    )
    joints.serve_page(hub)
    joints.add_exchanges(hub)
    joints.let_go(hub)
    return hub
