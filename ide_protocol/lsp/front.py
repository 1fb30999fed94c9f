"""LSP: what an editor speaks to. One pygls server per connection.

This module and those that it imports for pygls and lsprotocol take half a second to load; whoever
needs it imports it in a thread.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError

from auth.fault import Fault
from ide_protocol.door.connection import Frames
from ide_protocol.lsp import features
from ide_protocol.lsp.commands import Commands
from ide_protocol.lsp.configuration.commands import ConfigurationCommands
from ide_protocol.lsp.documents import Documents
from ide_protocol.lsp.languages import languages
from ide_protocol.lsp.protocol import CONVERTER, Protocol, Server
from ide_protocol.lsp.reviewing import ReviewLanguage
from ide_protocol.lsp.window import LspWindow
from ide_protocol.mcp.greeting import VERSION, folder
from ide_protocol.own import contract
from ide_protocol.own.shape import report
from proxy import wire
from proxy.surroundings import remote

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ide_protocol.door.connection import Connection
    from ide_protocol.lsp.commands import Command
    from ide_protocol.own.methods import Methods
    from proxy.hub import Hub
    from proxy.session import Session

log = logging.getLogger("portico.lsp")


class LspFront:
    """One editor window.

    Args:
        hub: What its documents speak of.
        session: Its place in the hub.
        connection: Its socket, after the hellos.
        methods: Portico's own methods for this session.
    """

    def __init__(
        self, hub: Hub, session: Session, connection: Connection, methods: Methods
    ) -> None:
        self._session = session
        self._connection = connection
        self._server = Server(
            "portico",
            VERSION,
            text_document_sync_kind=types.TextDocumentSyncKind.Full,
            protocol_cls=Protocol,
            converter_factory=lambda: CONVERTER,
        )
        protocol = self._server.protocol
        if not isinstance(protocol, Protocol):
            msg = "pygls did not take our protocol"
            raise TypeError(msg)
        self._protocol = protocol
        self._protocol.set_writer(self)
        self._protocol.cancels = {}
        self._languages = languages(hub, session, methods.review)
        self._documents = Documents(
            self._languages,
            lambda params: protocol.tell(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params),
        )
        self._protocol.documents = self._documents
        self._window = LspWindow(self._protocol, self._documents.look_again)
        self._commands = Commands(hub, session, self._window, methods)
        self._fixes = ConfigurationCommands(
            hub, methods, self._languages, self._documents.find, self._window.apply
        )
        self._register(methods)
        features.register(self._server, self._documents)
        for method, handler in methods.table.items():
            self._server.feature(method)(_answering(handler))

    def _register(self, methods: Methods) -> None:
        """Tell pygls what is handled here; it marks functions, and cannot mark methods."""

        @self._server.feature(types.INITIALIZE)
        def initialize(params: types.InitializeParams) -> None:
            self._initialize(params)

        @self._server.feature(types.INITIALIZED)
        def initialized(_params: types.InitializedParams) -> None:
            session = self._session
            session.window = session.caller = session.editor = self._window
            far = remote(session.settings, screen=False)
            session.reach = partial(self._window.reach, remote=far)
            session.can_ask = True

        @self._server.feature(types.WORKSPACE_TEXT_DOCUMENT_CONTENT)
        async def content(params: types.TextDocumentContentParams) -> object:
            return await _answering(methods.table[contract.DOCUMENT])({"uri": params.uri})

    def _announce(self) -> None:
        """The commands that this editor is told of; all of them work."""
        others = {} if self._window.approves else self._commands.others
        for name, command in {**self._commands.buttons, **self._fixes.table, **others}.items():
            self._server.command(name)(_commanded(command))

    async def serve(self) -> int:
        """Answer until the editor has gone; returns the shim's exit code."""
        try:
            async for body in Frames(self._connection):
                if body is None:
                    limit = wire.LINE_LIMIT // (1024 * 1024)
                    self._fail(None, wire.INVALID_REQUEST, f"A message may have {limit} MiB.")
                else:
                    self._session.touch()
                    self._take(body)
                if self._protocol.exited:
                    return self._protocol.exit_code
        finally:
            self._window.gone()
            self._server.shutdown()  # type: ignore[no-untyped-call]
        return 0

    # pygls writes to anything with `write` and `close`.

    def write(self, data: bytes) -> None:
        """Send what pygls framed."""
        self._connection.write(data)

    def close(self) -> None:
        """The connection is closed by whoever opened it."""

    def _take(self, body: bytes) -> None:
        try:
            message = wire.decode(body)
        except wire.NotJson as wrong:
            self._fail(None, wire.PARSE_ERROR, f"Not a JSON message: {wrong}.")
            return
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            self._fail(None, wire.INVALID_REQUEST, "A message is one JSON-RPC 2.0 object.")
            return
        identifier = message.get("id")
        named = isinstance(identifier, int | str) and not isinstance(identifier, bool)
        try:
            self._protocol.handle_message(self._protocol.structure_message(message))
        except JsonRpcException:
            if named and "method" in message:
                self._fail(identifier, wire.INVALID_PARAMS, "The params are not LSP's.")
        except Exception:  # noqa: BLE001 - one odd message must not end a window; pygls raises many.
            log.info("an editor's message could not be handled")
            if named and "method" in message:
                self._fail(identifier, wire.INVALID_REQUEST, "The message is not LSP's.")

    def _fail(self, identifier: int | str | None, code: int, message: str) -> None:
        body = wire.encode(wire.error(identifier, code, message))
        self.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def _initialize(self, params: types.InitializeParams) -> None:
        session = self._session
        if params.client_info is not None:
            session.host = params.client_info.name[:80]
        folders = [folder.uri for folder in params.workspace_folders or ()]
        uri = folders[0] if folders else params.root_uri
        if not session.workspace_named:
            session.workspace = folder(uri) or session.workspace
        self._learn(params.capabilities)
        self._announce()

    def _learn(self, can: types.ClientCapabilities) -> None:
        """What the editor is able to show."""
        shown, window, workspace = self._window, can.window, can.workspace
        shows = window.show_document if window is not None else None
        shown.shows_pages = shows is not None and shows.support
        shown.shows_progress = window is not None and window.work_done_progress is True
        if workspace is not None:
            lenses = workspace.code_lens
            shown.fetches_documents = workspace.text_document_content is not None
            shown.looks_at_lenses_again = lenses is not None and lenses.refresh_support is True
        own = can.experimental
        shown.approves = _declared(own, "approvals")
        shown.hears_changes = _declared(own, "changes")
        shown.leads_back = _declared(own, "callback")
        for language in self._languages:
            if isinstance(language, ReviewLanguage):
                language.compares = _declared(own, "compare")


def _declared(experimental: object, what: str) -> bool:
    """Whether an editor declared something of Portico's own among its capabilities."""
    own = getattr(experimental, "portico", None)
    if isinstance(experimental, dict):
        own = experimental.get("portico")
    can = own.get(what) if isinstance(own, dict) else getattr(own, what, None)
    return can is True


def _answering(handler: Callable[[Any], Awaitable[Any]]) -> Callable[[Any], Awaitable[Any]]:
    """A method as pygls wants it: faults become JSON-RPC errors, mistakes say nothing of values."""

    async def answer(params: Any) -> Any:  # noqa: ANN401 - any JSON value.
        try:
            return await handler(params)
        except Fault as fault:
            raise JsonRpcException(fault.message, contract.FAULT, report(fault)) from None
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("a method of Portico's own failed")
            raise JsonRpcInternalError("Portico made a mistake; see its log.") from None

    return answer


def _commanded(command: Command) -> Callable[..., Awaitable[Any]]:
    """A command as pygls wants it: its arguments one by one."""
    answering = _answering(command)

    async def run(*arguments: Any) -> Any:  # noqa: ANN401 - any JSON values.
        return await answering(list(arguments))

    return run
