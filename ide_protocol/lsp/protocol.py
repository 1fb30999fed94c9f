"""pygls, as one window among many in a process that is not its own.

pygls was made for one server that owns its process, so what would end or stain the process is
overridden here: `exit` ends this window alone, tracebacks and message bodies stay out of answers
and logs, a request without `params` is answered like one with `{}`, and no document is kept that
nobody here has anything to say about.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import converters, types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.protocol.json_rpc import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
)

from ide_protocol.lsp.window import OWN
from ide_protocol.review.contents import SCHEME

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ide_protocol.lsp.documents import Documents

log = logging.getLogger("portico.lsp")

# pygls logs whole message bodies, and values in its tracebacks; neither may reach the log.
logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)

# Building a converter takes milliseconds and memory for each window; one serves them all.
CONVERTER = converters.get_converter()


class Protocol(LanguageServerProtocol):
    """pygls's protocol for one window among many."""

    exited = False
    cancels: dict[str, Callable[[], None]]
    """What the person can cancel, by the token of its progress."""
    documents: Documents
    """Those of this window; pygls's own workspace would keep everything that an editor opens."""

    def tell(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification whose params are LSP's own JSON already."""
        self._send_data({"jsonrpc": "2.0", "method": method, "params": params})

    def structure_message(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 - a pygls message.
        """Portico's own methods stay plain dicts, and `params` may be left out."""
        method, identifier = data.get("method"), data.get("id")
        if method is None and "result" in data and str(identifier).startswith(OWN):
            # The answer to a method of Portico's own; pygls would make a tuple of each object.
            self._result_types.pop(data["id"], None)
            return JsonRPCResponseMessage(data["id"], "2.0", data["result"])
        if not isinstance(method, str) or not method.startswith(OWN):
            return super().structure_message(data)
        params = data.get("params")
        params = params if isinstance(params, dict) else {}
        if "id" in data:
            return JsonRPCRequestMessage(data["id"], method, "2.0", params)
        return JsonRPCNotification(method, "2.0", params)

    def get_message_type(  # type: ignore[override]  # pygls's is a cache object
        self, method: str
    ) -> type[Any] | None:
        """Uncached: pygls's cache would keep the protocol of every closed window."""
        return types.METHOD_TO_TYPES.get(method, (None,))[0]

    def get_result_type(  # type: ignore[override]
        self, method: str
    ) -> type[Any] | None:
        """Uncached, as above."""
        return types.METHOD_TO_TYPES.get(method, (None, None))[1]

    def ask(self, identifier: str, method: str, params: dict[str, Any] | None = None) -> None:
        """Send a request whose answer nobody waits for."""
        said = {} if params is None else {"params": params}
        self._send_data({"jsonrpc": "2.0", "id": identifier, "method": method, **said})

    @lsp_method(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def lsp_work_done_progress_cancel(self, params: types.WorkDoneProgressCancelParams) -> None:
        """The person wants a call to end."""
        cancel = self.cancels.pop(str(params.token), None)
        if cancel is not None:
            cancel()

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(
        self, params: types.InitializeParams
    ) -> Generator[Any, Any, types.InitializeResult]:
        """Positions are counted in UTF-16, which every client must speak, whatever it prefers."""
        if params.capabilities.general is not None:
            params.capabilities.general.position_encodings = None
        result = yield from super().lsp_initialize(params)
        can = params.capabilities.workspace
        if result.capabilities.workspace is not None and can and can.text_document_content:
            result.capabilities.workspace.text_document_content = types.TextDocumentContentOptions(
                schemes=[SCHEME]
            )
        return result

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Keep a document, if it is one of ours."""
        opened = params.text_document
        self.documents.opened(opened.uri, opened.text, opened.version)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Take its new text; whoever sends parts, which nobody asked for, is not followed."""
        uri, version = params.text_document.uri, params.text_document.version
        if any(hasattr(change, "range") for change in params.content_changes):
            self.documents.closed(uri)
        elif params.content_changes:
            self.documents.opened(uri, params.content_changes[-1].text, version)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget a document."""
        self.documents.closed(params.text_document.uri)

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: object) -> None:  # type: ignore[override]  # pygls allows either
        """End this window; pygls would end the process."""
        self.exited = True

    @property
    def exit_code(self) -> int:
        """What LSP wants: 0 after `shutdown`, else 1."""
        return 0 if self._shutdown else 1

    def _send_response(
        self,
        msg_id: int | str,
        result: object = None,
        error: types.ResponseError | None = None,
    ) -> None:
        if error is not None and isinstance(error.data, dict) and "traceback" in error.data:
            error.data = None
        super()._send_response(msg_id, result, error)


class Server(LanguageServer):
    """A pygls server that keeps its troubles to the log."""

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ANN401, ARG002
        """Log the kind of the error alone: its text may hold what a document holds."""
        log.info("%s in an editor's request", type(error).__name__)
