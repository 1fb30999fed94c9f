"""The workspace of an AI client, learnt from its roots where the person named none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.mcp.greeting import first_folder
from proxy.roots import METHOD
from proxy.subscriptions import LIST_CHANGED
from proxy.upstream.contract import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from ide_protocol.dialogue import Dialogue
    from ide_protocol.mcp.changes import Changes
    from proxy.hub import Hub
    from proxy.session import Session


class Roots:
    """What one client says of its roots.

    Args:
        hub: Looks at the workspace.
        session: The client's place in the hub, which is told its workspace.
        dialogue: Where the client is asked.
        changes: Where it hears that another workspace has other lists.
        has_roots: Whether the client said that it has any.
    """

    def __init__(
        self,
        hub: Hub,
        session: Session,
        dialogue: Dialogue,
        changes: Changes,
        has_roots: Callable[[], bool],
    ) -> None:
        self._hub = hub
        self._session = session
        self._dialogue = dialogue
        self._changes = changes
        self._has_roots = has_roots
        self._stale = False
        self._learning = False

    def learn(self) -> None:
        """Ask for the roots, once more after the present question where one is open."""
        self._stale = True
        if not self._learning:
            self._learning = True
            self._dialogue.chore(self._learn())

    async def _learn(self) -> None:
        try:
            while self._stale:
                self._stale = False
                await self._ask()
        finally:
            self._learning = False

    async def _ask(self) -> None:
        if self._session.workspace_named or not self._has_roots():
            return
        try:
            roots = await self._dialogue.request(METHOD, {})
        except Refused:
            return  # Then the workspace stays unknown, which only widens the choice of windows.
        before, catalog = self._changes.view, self._hub.catalog
        self._session.workspace = first_folder(roots) or self._session.workspace
        await self._hub.know(self._session)
        for feature in LIST_CHANGED:
            # What is listed may depend on the workspace, and a list may have left before it.
            if catalog.listed(feature, self._changes.view) != catalog.listed(feature, before):
                self._changes.changed(feature)
