"""Resources, prompts, completions, and the requests of the legacy era that only need a yes."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver import Context  # noqa: TC002 - the SDK reads signatures.
from mcp.server.mcpserver.prompts.base import Prompt, UserMessage
from mcp.types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    EmptyResult,
    ImageContent,
    InputRequiredResult,
    PromptReference,
    ResourceTemplateReference,
    SetLevelRequestParams,
    SubscribeRequestParams,
    TextContent,
    UnsubscribeRequestParams,
)

from tests.conformance.everything.asking import answers, entered, form
from tests.conformance.everything.content import PNG, embedded

if TYPE_CHECKING:
    from mcp.server import ServerRequestContext
    from mcp.server.mcpserver import MCPServer


def text(said: str) -> UserMessage:
    """A text message of the user."""
    return UserMessage(role="user", content=TextContent(type="text", text=said))


def test_simple_prompt() -> list[UserMessage]:
    """Say one sentence."""
    return [text("This is a simple prompt for testing.")]


def test_prompt_with_arguments(arg1: str, arg2: str) -> list[UserMessage]:
    """Repeat two arguments."""
    return [text(f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'")]


def test_prompt_with_embedded_resource(resourceUri: str) -> list[UserMessage]:  # noqa: N803 - the suite's name.
    """Show a resource."""
    shown = embedded(resourceUri, "Embedded resource content for testing.")
    return [
        UserMessage(role="user", content=shown),
        text("Please process the embedded resource above."),
    ]


def test_prompt_with_image() -> list[UserMessage]:
    """Show an image."""
    image = ImageContent(type="image", data=PNG, mime_type="image/png")
    return [UserMessage(role="user", content=image), text("Please analyze the image above.")]


async def test_input_required_result_prompt(
    ctx: Context[Any, Any],
) -> list[UserMessage] | InputRequiredResult:
    """Want to know the context first."""
    given = answers(ctx).get("user_context")
    if given is not None:
        return [text(f"Use the following context: {entered(given, 'context')}")]
    asked = form("What context should the prompt use?", "context")
    return InputRequiredResult(input_requests={"user_context": asked})


PROMPTS = (
    test_simple_prompt,
    test_prompt_with_arguments,
    test_prompt_with_embedded_resource,
    test_prompt_with_image,
    test_input_required_result_prompt,
)


async def set_level(
    context: ServerRequestContext[Any], params: SetLevelRequestParams
) -> EmptyResult:
    """Take any level."""
    del context, params
    return EmptyResult()


async def subscribe(
    context: ServerRequestContext[Any], params: SubscribeRequestParams | UnsubscribeRequestParams
) -> EmptyResult:
    """Take any subscription, for nothing ever changes."""
    del context, params
    return EmptyResult()


def add(server: MCPServer[Any]) -> None:
    """Give a server all of it."""
    for prompt in PROMPTS:
        server.add_prompt(Prompt.from_function(prompt))

    @server.resource("test://static-text", mime_type="text/plain")
    def static_text() -> str:
        """Hold a text."""
        return "This is the content of the static text resource."

    @server.resource("test://static-binary", mime_type="image/png")
    def static_binary() -> bytes:
        """Hold an image."""
        return base64.b64decode(PNG)

    @server.resource("test://watched-resource", mime_type="text/plain")
    def watched() -> str:
        """Hold what never changes."""
        return "Watched resource content"

    @server.resource("test://template/{id}/data", mime_type="application/json")
    def template(id: str) -> str:  # noqa: A002 - the suite's name.
        """Hold what its URI says."""
        return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})

    @server.completion()  # type: ignore[no-untyped-call, untyped-decorator]  # the SDK's own
    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion:
        """Offer words that begin like the argument."""
        del ref, context
        found = [word for word in ("paris", "park", "party") if word.startswith(argument.value)]
        return Completion(values=found, total=len(found), has_more=False)

    # The high-level server has no public way to take these.
    low = server._lowlevel_server
    low.add_request_handler("logging/setLevel", SetLevelRequestParams, set_level)
    low.add_request_handler("resources/subscribe", SubscribeRequestParams, subscribe)
    low.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, subscribe)
