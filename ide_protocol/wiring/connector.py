"""What connects to an offered server, with the sign-in that it wants."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from proxy.grants import terms
from proxy.upstream import EraMemories, Upstream

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.account import Account
    from auth.network import Network
    from auth.workload import WorkloadNetwork
    from proxy.home import Home
    from proxy.hub import Hub
    from proxy.kept_secrets import KeptSecrets
    from proxy.own_sign_in import OwnSignIns
    from proxy.policy.offering import Offering
    from proxy.upstream.contract import Grant
    from proxy.upstream.face import Face


def connector(
    hub: Callable[[], Hub],
    home: Home,
    network: Network,
    account: Account | None,
    own_sign_ins: OwnSignIns,
    *,
    secrets: KeptSecrets,
) -> Callable[[Offering], Face]:
    """What connects to an offered server, with the sign-in that it wants."""
    eras = EraMemories(f"{home.cache}/eras")
    workload: WorkloadNetwork | None = None

    def mesh() -> WorkloadNetwork:
        nonlocal workload
        if workload is None:
            from auth.workload import WorkloadNetwork  # few companies have a mesh

            workload = hub().workload = WorkloadNetwork(network)
        return workload

    def connect(offering: Offering) -> Face:
        identity = hub().identity
        memory = eras.of(identity.key if identity else "anonymous")
        if offering.program is not None:
            from proxy.upstream.local import Local  # few have one, and everybody would wait

            return Local(offering.server, offering.program, memory=memory, secrets=secrets.resolved)
        if offering.auth == "mesh":
            way = mesh()
            return Upstream(offering.server, offering.url, network=way, grant=way, memory=memory)
        grant: Grant | None = own_sign_ins.at(offering)
        if offering.auth == "sso" and account is not None:
            grant = account.grant(terms(offering))
        headers = partial(secrets.sealed, offering.server, offering.headers)
        return Upstream(
            offering.server,
            offering.url,
            network=network,
            grant=grant,
            memory=memory,
            headers=headers if offering.headers else None,
        )

    return connect
