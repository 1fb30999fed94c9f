"""Tools that ask: by a request during the call (legacy), or by the call's result (modern)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver import Context  # noqa: TC002 - the SDK reads signatures.
from mcp.types import (
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
    ListRootsRequest,
    ListRootsResult,
    SamplingMessage,
    TextContent,
)

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

Answer = str | InputRequiredResult

_WORDS = ["active", "inactive", "pending"]

DEFAULTS: dict[str, Any] = {
    "name": {"type": "string", "default": "John Doe"},
    "age": {"type": "integer", "default": 30},
    "score": {"type": "number", "default": 95.5},
    "status": {"type": "string", "enum": _WORDS, "default": "active"},
    "verified": {"type": "boolean", "default": True},
}
"""One field of each primitive type, with a default (SEP-1034)."""


def _titled(*values: tuple[str, str]) -> list[dict[str, str]]:
    return [{"const": value, "title": title} for value, title in values]


ENUMS: dict[str, Any] = {
    "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
    "titledSingle": {
        "type": "string",
        "oneOf": _titled(("value1", "First"), ("value2", "Second"), ("value3", "Third")),
    },
    "legacyEnum": {
        "type": "string",
        "enum": ["opt1", "opt2", "opt3"],
        "enumNames": ["Option One", "Option Two", "Option Three"],
    },
    "untitledMulti": {
        "type": "array",
        "items": {"type": "string", "enum": ["option1", "option2", "option3"]},
    },
    "titledMulti": {
        "type": "array",
        "items": {"anyOf": _titled(("value1", "First"), ("value2", "Second"), ("value3", "Third"))},
    },
}
"""One field of each way to offer a choice (SEP-1330)."""


def schema(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """The schema of a form."""
    return {"type": "object", "properties": properties, "required": list(required)}


def form(message: str, field: str, kind: str = "string") -> ElicitRequest:
    """A form of one field."""
    wanted = schema({field: {"type": kind}}, field)
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=wanted))


def sample(text: str) -> CreateMessageRequest:
    """A question to the client's model."""
    return CreateMessageRequest(
        params=CreateMessageRequestParams(messages=[_said(text)], max_tokens=100)
    )


def _said(text: str) -> SamplingMessage:
    return SamplingMessage(role="user", content=TextContent(type="text", text=text))


def answers(ctx: Context[Any, Any]) -> dict[str, Any]:
    """What a call brought along."""
    return dict(ctx.input_responses or {})


def entered(answer: object, field: str) -> object:
    """What a person entered into a field."""
    content = answer.content if isinstance(answer, ElicitResult) else None
    return (content or {}).get(field)


# --- by a request during the call ----------------------------------------------------------------


async def test_sampling(prompt: str, ctx: Context[Any, Any]) -> str:
    """Ask the client's model."""
    said = await ctx.session.create_message(
        messages=[_said(prompt)], max_tokens=100, related_request_id=ctx.request_id
    )
    return f"LLM response: {getattr(said.content, 'text', '')}"


async def _elicit(ctx: Context[Any, Any], message: str, wanted: dict[str, Any]) -> str:
    given = await ctx.session.elicit_form(message, wanted, related_request_id=ctx.request_id)
    return f"action={given.action}, content={json.dumps(given.content or {})}"


async def test_elicitation(message: str, ctx: Context[Any, Any]) -> str:
    """Ask the person for a name and an address."""
    fields = {"username": {"type": "string"}, "email": {"type": "string"}}
    return f"User response: {await _elicit(ctx, message, schema(fields, 'username', 'email'))}"


async def test_elicitation_sep1034_defaults(ctx: Context[Any, Any]) -> str:
    """Ask by a form that is filled in."""
    return f"Elicitation completed: {await _elicit(ctx, 'Look at this', schema(DEFAULTS))}"


async def test_elicitation_sep1330_enums(ctx: Context[Any, Any]) -> str:
    """Ask by a form of choices."""
    return f"Elicitation completed: {await _elicit(ctx, 'Choose', schema(ENUMS))}"


# --- by the call's result ------------------------------------------------------------------------


async def test_input_required_result_elicitation(ctx: Context[Any, Any]) -> Answer:
    """Want a name."""
    if (given := answers(ctx).get("user_name")) is not None:
        return f"Hello, {entered(given, 'name')}!"
    return InputRequiredResult(input_requests={"user_name": form("What is your name?", "name")})


async def test_input_required_result_sampling(ctx: Context[Any, Any]) -> Answer:
    """Want the model's word."""
    given = answers(ctx).get("capital_question")
    if isinstance(given, CreateMessageResult):
        return f"The model said: {getattr(given.content, 'text', '')}"
    asked = sample("What is the capital of France?")
    return InputRequiredResult(input_requests={"capital_question": asked})


async def test_input_required_result_list_roots(ctx: Context[Any, Any]) -> Answer:
    """Want the client's roots."""
    given = answers(ctx).get("client_roots")
    if isinstance(given, ListRootsResult):
        return f"The client has {len(given.roots)} root(s)."
    return InputRequiredResult(input_requests={"client_roots": ListRootsRequest()})


async def test_input_required_result_request_state(ctx: Context[Any, Any]) -> Answer:
    """Want a yes, and the state back."""
    if "confirm" in answers(ctx) and ctx.request_state == "first-round":
        return "state-ok"
    asked = form("Please confirm", "ok", "boolean")
    return InputRequiredResult(input_requests={"confirm": asked}, request_state="first-round")


async def test_input_required_result_tampered_state(ctx: Context[Any, Any]) -> Answer:
    """Want the state back as it was; the SDK refuses any other."""
    if ctx.request_state is not None:
        return "state-ok"
    asked = form("Please confirm", "ok", "boolean")
    return InputRequiredResult(input_requests={"confirm": asked}, request_state="first-round")


async def test_input_required_result_multiple_inputs(ctx: Context[Any, Any]) -> Answer:
    """Want three things at once."""
    wanted: dict[str, InputRequest] = {
        "user_name": form("What is your name?", "name"),
        "greeting": sample("Write a greeting"),
        "client_roots": ListRootsRequest(),
    }
    if wanted.keys() <= answers(ctx).keys():
        return "All three came."
    return InputRequiredResult(input_requests=wanted, request_state="three")


async def test_input_required_result_multi_round(ctx: Context[Any, Any]) -> Answer:
    """Want a name, then a colour."""
    state = json.loads(ctx.request_state or "{}")
    given = answers(ctx)
    if state.get("round") == "colour" and "step2" in given:
        return f"{state['name']} likes {entered(given['step2'], 'color')}."
    if state.get("round") == "name" and "step1" in given:
        after = {"round": "colour", "name": entered(given["step1"], "name")}
        asked: dict[str, InputRequest] = {"step2": form("What is your favourite colour?", "color")}
        return InputRequiredResult(input_requests=asked, request_state=json.dumps(after))
    asked = {"step1": form("What is your name?", "name")}
    return InputRequiredResult(input_requests=asked, request_state=json.dumps({"round": "name"}))


async def test_input_required_result_capabilities(ctx: Context[Any, Any]) -> Answer:
    """Want only what the client said that it can give."""
    can = ctx.client_capabilities
    wanted: dict[str, InputRequest] = {}
    if can is not None and can.sampling is not None:
        wanted["sample"] = sample("Say hello")
    if can is not None and can.elicitation is not None:
        wanted["ask"] = form("What is your name?", "name")
    return InputRequiredResult(input_requests=wanted, request_state="as-you-can")


async def test_streaming_elicitation(ctx: Context[Any, Any]) -> Answer:
    """Report progress, then want a name."""
    if (given := answers(ctx).get("user_name")) is not None:
        return f"Hello, {entered(given, 'name')}!"
    await ctx.report_progress(1, 2)
    return InputRequiredResult(input_requests={"user_name": form("What is your name?", "name")})


TOOLS = (
    test_sampling,
    test_elicitation,
    test_elicitation_sep1034_defaults,
    test_elicitation_sep1330_enums,
    test_input_required_result_elicitation,
    test_input_required_result_sampling,
    test_input_required_result_list_roots,
    test_input_required_result_request_state,
    test_input_required_result_tampered_state,
    test_input_required_result_multiple_inputs,
    test_input_required_result_multi_round,
    test_input_required_result_capabilities,
    test_streaming_elicitation,
)


def add(server: MCPServer[Any]) -> None:
    """Give a server these tools."""
    for tool in TOOLS:
        server.add_tool(tool)
