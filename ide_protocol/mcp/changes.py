"""What one AI client wants to hear of changes, and how it is told, in both eras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ide_protocol.mcp.greeting import SUBSCRIPTION_KEY
from proxy.subscriptions import (
    FLAGS,
    LIST_CHANGED,
    MOST_URIS,
    TASK,
    TASK_IDS,
    UPDATED,
    URIS,
    Wanted,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ide_protocol.dialogue import Dialogue, Identifier
    from proxy.catalog.feature import Feature
    from proxy.catalog.view import View
    from proxy.subscriptions import Subscriptions

_ACKNOWLEDGED = "notifications/subscriptions/acknowledged"
_LEGACY = Wanted(frozenset(LIST_CHANGED))
_NO_SUCH = frozenset({"notifications/cancelled", "notifications/progress"})


class Changes:
    """A client's subscriptions, see `proxy.subscriptions.Subscriber`.

    Args:
        dialogue: Where it is told.
        subscriptions: Those of the hub.
        view: What of the catalog it sees now.

    Attributes:
        initialized: Whether a legacy client has finished its handshake; it hears of every list.
        listens: The open streams of a modern client, by the id of their request.
        uris: The resources that a legacy client subscribed to.
    """

    def __init__(
        self, dialogue: Dialogue, subscriptions: Subscriptions, view: Callable[[], View]
    ) -> None:
        self._dialogue = dialogue
        self._subscriptions = subscriptions
        self._view = view
        self.initialized = False
        self.listens: dict[Identifier, Wanted] = {}
        self.uris: set[str] = set()

    @property
    def view(self) -> View:
        """What of the catalog the client sees now."""
        return self._view()

    def wants(self) -> Wanted:
        """Everything that it wants to hear, on whichever stream."""
        wanted = Wanted(_LEGACY.features if self.initialized else frozenset(), frozenset(self.uris))
        for listened in self.listens.values():
            wanted |= listened
        return wanted

    # --- asking ------------------------------------------------------------------------------

    def shake(self) -> None:
        """The handshake of a legacy client is over."""
        self.initialized = True
        self._subscriptions.refresh()

    @staticmethod
    def watches(params: Mapping[str, Any]) -> bool:
        """Whether a `subscriptions/listen` wants to hear of single resources."""
        asked = params.get("notifications")
        return isinstance(asked, dict) and bool(asked.get(URIS))

    @staticmethod
    def tracks(params: Mapping[str, Any]) -> bool:
        """Whether a `subscriptions/listen` wants to hear of tasks."""
        asked = params.get("notifications")
        return isinstance(asked, dict) and bool(asked.get(TASK_IDS))

    def listen(
        self, identifier: Identifier, params: Mapping[str, Any], can: Mapping[str, Any]
    ) -> None:
        """Open a stream of a modern client and acknowledge what of its wishes can be met.

        Args:
            identifier: The id of its request, which names the stream.
            params: Those of its `subscriptions/listen`.
            can: The capabilities that Portico offers it.
        """
        asked = params.get("notifications")
        asked = asked if isinstance(asked, dict) else {}
        features = frozenset(
            feature
            for feature, flag in FLAGS.items()
            if asked.get(flag) is True and feature.group in can
        )
        watched = [
            uri
            for uri in _texts(asked.get(URIS))
            if self._subscriptions.readable(uri, self.view) is not None
        ][:MOST_URIS]
        tasks = [
            task
            for task in _texts(asked.get(TASK_IDS))
            if self._subscriptions.runner(task, self.view) is not None
        ][:MOST_URIS]
        self.listens[identifier] = Wanted(features, frozenset(watched), frozenset(tasks))
        honoured: dict[str, Any] = {
            FLAGS[feature]: True for feature in FLAGS if feature in features
        }
        if watched:
            honoured[URIS] = watched
        if tasks:
            honoured[TASK_IDS] = tasks
        self._tell(
            "notifications/subscriptions/acknowledged", {"notifications": honoured}, identifier
        )
        self._subscriptions.refresh()

    def hang_up(self, identifier: Identifier) -> None:
        """Close a stream of a modern client, if there is one of that id."""
        if self.listens.pop(identifier, None) is not None:
            self._subscriptions.refresh()

    def subscribe(self, uri: str) -> bool:
        """Watch a resource for a legacy client; False where it may not be read, or not one more."""
        if self._subscriptions.readable(uri, self.view) is None or len(self.uris) >= MOST_URIS:
            return False
        self.uris.add(uri)
        self._subscriptions.refresh()
        return True

    def unsubscribe(self, uri: str) -> None:
        """Watch a resource no more."""
        self.uris.discard(uri)
        self._subscriptions.refresh()

    # --- telling -----------------------------------------------------------------------------

    def changed(self, feature: Feature) -> None:
        """Tell a legacy client after its handshake, and a modern one on its open streams."""
        method = LIST_CHANGED[feature]
        if self.initialized:
            self._dialogue.notify(method)
        for identifier, wanted in list(self.listens.items()):
            if feature in wanted.features:
                self._tell(method, {}, identifier)

    def updated(self, watched: str, message: dict[str, Any]) -> None:
        """Tell whoever watches that a resource is another one now."""
        if watched in self.uris:
            self._dialogue.notify(UPDATED, message["params"])
        for identifier, wanted in list(self.listens.items()):
            if watched in wanted.uris:
                self._tell(UPDATED, message["params"], identifier)

    def tasked(self, task: str, message: dict[str, Any]) -> None:
        """Tell the streams that watch a task how it stands."""
        for identifier, wanted in list(self.listens.items()):
            if task in wanted.tasks:
                self._tell(TASK, message["params"], identifier)

    def said(self, message: dict[str, Any]) -> None:
        """Pass on what a server says outside of calls; the modern era has no place for it."""
        method = message.get("method")
        if self.initialized and isinstance(method, str) and method not in _NO_SUCH:
            self._dialogue.hint(method, message.get("params"))

    def _tell(self, method: str, params: dict[str, Any], identifier: Identifier) -> None:
        meta = params.get("_meta")
        marked = {**(meta if isinstance(meta, dict) else {}), SUBSCRIPTION_KEY: identifier}
        self._dialogue.notify(method, {**params, "_meta": marked})


def _texts(listed: object) -> list[str]:
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
