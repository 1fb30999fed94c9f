"""What the hub knows, for the language of configuration."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from editors.install.client import Scope
from ide_protocol.lsp.configuration.knowledge import Knowledge, KnownServer
from ide_protocol.own import shape
from ide_protocol.review.about import about
from proxy.policy.circumstances import Circumstances
from proxy.policy.offering import Standing

if TYPE_CHECKING:
    from ide_protocol.own import contract
    from proxy.hub import Hub
    from proxy.policy.offering import Offering
    from proxy.session import Session


class Known:
    """The hub behind one window, see `language.Around`."""

    def __init__(self, hub: Hub, session: Session) -> None:
        self._hub = hub
        self._session = session

    def knowledge(self) -> Knowledge:
        """The servers that this user may know of, and what their tools would meet."""
        hub, company = self._hub, self._hub.configuration.company
        return Knowledge(
            servers={
                name: KnownServer(
                    shape.server(offering, hub.catalog),
                    "" if offering.program is not None else offering.url,
                    self._tools(offering),
                )
                for name, offering in sorted(hub.catalog.offerings.items())
                if offering.standing is not Standing.HIDDEN
            },
            company=company.name if company is not None else "",
            listed=company is not None and hub.listing is not None,
            origins=company.token_origins if company is not None else frozenset(),
            setup=hub.configuration.setup,
        )

    def _tools(self, offering: Offering) -> tuple[contract.Tool, ...]:
        if offering.standing is not Standing.OFFERED:
            return ()
        hub, identity = self._hub, self._hub.identity
        who = Circumstances(
            identity.groups if identity else frozenset(), workspace=self._session.place
        )
        ill = hub.catalog.quarantined(offering.server)
        return tuple(
            shape.tool(offering, definition, who, ill)
            for definition in hub.catalog.definitions(offering.server)
            if isinstance(definition.get("name"), str)
        )

    async def about_tool(self, server: str, tool: str) -> str:
        """See `language.Around`."""
        return await about(self._hub, self._session, server, tool)

    def command(self, scope: Scope, *, graphical: bool) -> list[str]:
        """As `portico install` writes it: absolute for programs that no shell starts."""
        beside = Path(sys.prefix) / "bin" / "portico"
        bare = scope is Scope.PROJECT or not (graphical or shutil.which("portico") is None)
        return ["portico" if bare or not beside.exists() else str(beside), "mcp"]
