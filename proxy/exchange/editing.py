"""Arguments that the person corrected before a call ran.

What runs is what the person wrote, if the tool's own schema takes it; and the model is told, by a
block of Portico's own behind the server's content and under a key of `_meta`. Nothing else of the
server's answer is touched.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from auth.fault import Fault, Who
from proxy import wire
from proxy.exchange.addressed import CALL
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.exchange.call import Call

EDITED: Final = "portico/edited"
"""The key in the `_meta` of a result under which the arguments stand that ran."""

_MOST = 4000


class NotThisEdit(Fault):
    """The corrected arguments cannot be used, so the call was not sent."""

    reference = "edit-refused"
    who = Who.PERSON
    remedy = "Call it again, and correct the arguments by the tool's schema."


def edited(call: Call, arguments: dict[str, Any]) -> Call:
    """The call with other arguments."""
    return replace(call, params={**call.params, "arguments": arguments})


async def checked(
    call: Call, definition: Mapping[str, Any] | None, arguments: dict[str, Any]
) -> None:
    """Make sure that corrected arguments are what the tool's schema asks for.

    Raises:
        NotThisEdit: They are not, the schema is none, or it is no call of a tool.
    """
    if call.method != CALL:
        raise NotThisEdit("Only the arguments of a tool can be corrected.")
    schema = (definition or {}).get("inputSchema")
    wrong = await asyncio.to_thread(
        _complaint, schema if isinstance(schema, dict) else {}, arguments
    )
    if wrong:
        raise NotThisEdit(f"The corrected arguments do not fit the tool: {wrong}")


def told(envelope: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """A server's answer that says what it is an answer to."""
    result = envelope.get("result")
    if not isinstance(result, dict):
        return envelope
    ran = plain(wire.encode(arguments).decode(), _MOST)
    block = {
        "type": "text",
        "text": f"Portico: the user changed the arguments before this call ran. It ran with {ran}",
    }
    content, meta = result.get("content"), result.get("_meta")
    marked = {**(meta if isinstance(meta, dict) else {}), EDITED: arguments}
    said = [*content, block] if isinstance(content, list) else [block]
    return {**envelope, "result": {**result, "content": said, "_meta": marked}}


_UNCHECKED = ("pattern", "patternProperties", "unevaluatedProperties")
"""Words of a schema that match regular expressions. A server could write one that never ends, and
Python's holds up the whole process meanwhile; so these are left for the server to check."""


def _complaint(schema: dict[str, Any], arguments: dict[str, Any]) -> str:
    """What is wrong with arguments, in a sentence; empty when nothing is."""
    # Takes 150 ms to import, which only a correction is worth.
    from jsonschema import Draft202012Validator, SchemaError  # type: ignore[import-untyped]
    from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
    from jsonschema.validators import extend, validator_for  # type: ignore[import-untyped]
    from referencing import Registry

    def unchecked(*_: object) -> tuple[()]:
        return ()

    def additional(validator: object, value: object, instance: object, schema: Any) -> Any:  # noqa: ANN401 - the library's.
        known = kind.VALIDATORS["additionalProperties"]
        return () if "patternProperties" in schema else known(validator, value, instance, schema)

    try:
        kind = validator_for(schema, default=Draft202012Validator)
        kind.check_schema(schema)
        checks = {**dict.fromkeys(_UNCHECKED, unchecked), "additionalProperties": additional}
        # An empty registry resolves nothing, so a server's schema makes nobody dial out.
        validator = extend(kind, checks)(schema, registry=Registry())
        found = best_match(validator.iter_errors(arguments))
    except SchemaError:
        return "its schema is not valid."
    except Exception as wrong:  # noqa: BLE001 - a stranger's schema can fail in many ways.
        return f"its schema cannot be followed ({type(wrong).__name__})."
    if found is None:
        return ""
    # The library's own message quotes the argument, and no message of ours holds one.
    where = ".".join(str(part) for part in found.absolute_path) or "the whole"
    asked = wire.encode({str(found.validator): found.validator_value}).decode()
    return f"{plain(where, 80)} does not hold to {plain(asked, 200)}."
