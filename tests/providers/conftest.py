"""The providers that the flows run against: the sandbox's always, real ones where they listen.

`python -m tests.providers` starts the real ones and says where they are.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from auth.account import Account
from auth.network import Network
from auth.sealed_store import SealedStore
from sandbox.company import Company
from sandbox.people import PEOPLE
from tests.process.sealed import FileKeyring
from tests.providers.glewlwyd import Glewlwyd
from tests.providers.place import OidcProvider, Place, Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

STARTED = "PORTICO_TEST_PROVIDERS"
KINDS: dict[str, type[Place]] = {"oidc-provider": OidcProvider, "glewlwyd": Glewlwyd}
_FOUND: dict[str, dict[str, object]] = json.loads(os.environ.get(STARTED, "{}"))


@pytest.fixture(params=["sandbox", *_FOUND])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """One provider."""
    name: str = request.param
    if name in _FOUND:
        yield KINDS[name](**_FOUND[name])  # type: ignore[arg-type]  # as it was written down
        return
    async with Company(applications={}) as company:
        groups = PEOPLE["alice"].groups
        reuses = lambda: company.provider.reuses  # noqa: E731 - a reading, and no more.
        yield Sandbox("sandbox", company.issuer, groups=groups, reuses=reuses)


@dataclass
class Desk:
    """The accounts of one person at one provider, as several processes have them.

    Attributes:
        place: The provider.
        folder: Where the sealed sign-in and its key lie.
        later: Seconds by which the clock is ahead, so that tokens end early.
        changes: How often somebody heard that the identity changed.
    """

    place: Place
    folder: Path
    network: Network = field(default_factory=Network)
    later: float = 0.0
    changes: int = 0

    def account(self) -> Account:
        """One more process's view of the sign-in."""
        place = self.place
        made = Account(
            issuer=place.issuer,
            client_id=place.client_id,
            scopes=place.scopes,
            groups_claim="groups",
            audiences=place.audiences,
            redirect_port=place.port,
            network=self.network,
            store=self.store(),
            clock=lambda: time.time() + self.later,
        )
        made.on_change.append(self._changed)
        return made

    def store(self) -> SealedStore:
        """The sealed sign-in."""
        return SealedStore(
            str(self.folder / "state" / "sign-in"),
            service="portico-test",
            binding=f"{self.place.issuer} {self.place.client_id}",
            keyring_backend=FileKeyring(str(self.folder / "keyring")),
        )

    def _changed(self) -> None:
        self.changes += 1


@pytest.fixture
async def desk(place: Place, tmp_path: Path) -> AsyncIterator[Desk]:
    """Nobody is signed in yet."""
    made = Desk(place, tmp_path)
    yield made
    await made.network.aclose()
