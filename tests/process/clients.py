"""LSP clients as editors have them: pytest-lsp's, each with the capabilities of one editor.

pytest-lsp warns where a server sends what its client did not declare, and a warning is an error.
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.protocol import default_converter
from pygls.protocol.json_rpc import JsonRPCRequestMessage, JsonRPCResponseMessage
from pytest_lsp import LanguageClient, client_capabilities
from pytest_lsp.client import register_lsp_features
from pytest_lsp.protocol import LanguageClientProtocol

from tests.process.installation import LAUNCHER, PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.process.installation import Installation

LSP4IJ: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {
        "workDoneProgress": True,
        "showDocument": {"support": True},
        "showMessage": {"messageActionItem": {"additionalPropertiesSupport": False}},
    },
    "workspace": {"applyEdit": True, "codeLens": {"refreshSupport": True}, "executeCommand": {}},
    "textDocument": {
        "synchronization": {"dynamicRegistration": True, "didSave": True},
        "codeLens": {"dynamicRegistration": True},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "publishDiagnostics": {"versionSupport": True},
    },
}
"""What LSP4IJ declares of what Portico uses: titles alone come back from its messages."""

EXTENSION: dict[str, Any] = {
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {"textDocumentContent": {}, "codeLens": {"refreshSupport": True}},
    "experimental": {"portico": {"approvals": True, "changes": True, "compare": True}},
}
"""What an extension of Portico's own declares."""

CLIENTS = ("neovim", "emacs", "visual-studio-code", "lsp4ij", "extension", "bare")
_OWN = "own-"


def capabilities(name: str) -> types.ClientCapabilities:
    """What the client of this name declares."""
    own = {"lsp4ij": LSP4IJ, "extension": EXTENSION, "bare": {}}
    if name in own:
        found: types.ClientCapabilities = get_converter().structure(
            own[name], types.ClientCapabilities
        )
        return found
    return client_capabilities(name)


class _Plain(LanguageClientProtocol):
    """Portico's own methods stay plain dicts."""

    def structure_message(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 - a pygls message.
        method, identifier = data.get("method", ""), data.get("id")
        if method == "portico/approve":
            return JsonRPCRequestMessage(data["id"], method, "2.0", data["params"])
        if not method and "result" in data and str(identifier).startswith(_OWN):
            self._result_types.pop(data["id"], None)
            return JsonRPCResponseMessage(data["id"], "2.0", data["result"])
        return super().structure_message(data)


class Person:
    """Whoever sits at an editor: sees each prompt, and answers when the test says what.

    Attributes:
        prompts: What was shown, the oldest first; of Portico's own method its params.
    """

    def __init__(self) -> None:
        self.prompts: asyncio.Queue[Any] = asyncio.Queue()
        self._answers: asyncio.Queue[Any] = asyncio.Queue()

    async def see(self) -> Any:  # noqa: ANN401 - of either kind.
        """The next prompt."""
        async with asyncio.timeout(PATIENCE):
            return await self.prompts.get()

    def press(self, answer: object) -> None:
        """Answer it: with a button's title, None, or a reply of Portico's own."""
        self._answers.put_nowait(answer)

    async def shown(self, params: types.ShowMessageRequestParams) -> Any:  # noqa: ANN401
        """A message with buttons."""
        self.prompts.put_nowait(params)
        title = await self._answers.get()
        return None if title is None else types.MessageActionItem(title)

    async def asked(self, params: Any) -> Any:  # noqa: ANN401
        """Portico's own prompt."""
        self.prompts.put_nowait(params)
        return await self._answers.get()


class Client:
    """One editor.

    Attributes:
        lsp: pytest-lsp's client.
        person: Who sits at it.
        can: What the server said that it can.
    """

    def __init__(self, lsp: LanguageClient, person: Person) -> None:
        self.lsp = lsp
        self.person = person
        self.can: types.ServerCapabilities
        self.heard: dict[str, asyncio.Queue[Any]] = {}
        self._numbers = itertools.count(1)

    async def ask(self, method: str, params: object) -> Any:  # noqa: ANN401
        """A request whose result stays as it came.

        Raises:
            JsonRpcException: It was answered with an error.
        """
        async with asyncio.timeout(PATIENCE):
            return await self.lsp.protocol.send_request_async(  # type: ignore[no-untyped-call]
                method, params, msg_id=f"{_OWN}{next(self._numbers)}"
            )

    async def run(self, command: str, *arguments: object) -> Any:  # noqa: ANN401
        """Run a command."""
        params = types.ExecuteCommandParams(command=command, arguments=list(arguments))
        return await self.ask(types.WORKSPACE_EXECUTE_COMMAND, params)

    async def hear(self, method: str) -> Any:  # noqa: ANN401
        """The next notification of a kind that is listened to."""
        async with asyncio.timeout(PATIENCE):
            return await self.heard[method].get()


@asynccontextmanager
async def opened(portico: Installation, name: str, workspace: Path) -> AsyncIterator[Client]:
    """An editor's window on a workspace, until the end of the block."""
    lsp = LanguageClient(protocol_cls=_Plain, converter_factory=default_converter)
    person = Person()
    client = Client(lsp, person)
    register_lsp_features(lsp)
    _sit_down(client)
    await lsp.start_io(LAUNCHER, "lsp", env=portico.environment, cwd=str(workspace))
    try:
        folder = types.WorkspaceFolder(workspace.as_uri(), workspace.name)
        result = await lsp.initialize_session(
            types.InitializeParams(
                capabilities=capabilities(name),
                client_info=types.ClientInfo(name),
                workspace_folders=[folder],
                root_uri=workspace.as_uri(),
            )
        )
        client.can = result.capabilities
        # An answer to a request says that `initialized` was heard as well.
        await client.ask("portico/approvals", {})
        yield client
        await lsp.shutdown_session()
    finally:
        # A test that failed has not said goodbye, and the server would wait for it.
        if lsp._server is not None and lsp._server.returncode is None:
            lsp._server.terminate()
        await lsp.stop()  # type: ignore[no-untyped-call]


def _sit_down(client: Client) -> None:
    """Have a person answer what the window asks; pygls marks functions, and cannot mark methods."""
    feature, person = client.lsp.feature, client.person

    async def shown(params: types.ShowMessageRequestParams) -> Any:  # noqa: ANN401
        return await person.shown(params)

    async def asked(params: Any) -> Any:  # noqa: ANN401
        return await person.asked(params)

    feature(types.WINDOW_SHOW_MESSAGE_REQUEST)(shown)
    feature("portico/approve")(asked)
    for refresh in (
        types.WORKSPACE_CODE_LENS_REFRESH,
        types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH,
    ):
        feature(refresh)(lambda *_: None)
    _listen(client)


def _listen(client: Client) -> None:
    """Have what a person would see or read come to whoever waits for it."""

    def keep(method: str) -> None:
        queue = client.heard[method] = asyncio.Queue()
        usual = client.lsp.protocol.fm.features.pop(method, None)

        def heard(params: Any) -> None:  # noqa: ANN401 - of any kind.
            if usual is not None:
                usual(params)
            queue.put_nowait(params)

        client.lsp.feature(method)(heard)

    for method in (types.PROGRESS, types.WINDOW_LOG_MESSAGE, types.WINDOW_SHOW_MESSAGE):
        keep(method)
