"""The contract of Portico's own methods in the languages of the clients.

`python -m editors.contract` writes the files that are committed; a test says when one is stale. The
types are those of `ide_protocol.own.contract`, field by field, with its docstrings.
"""

from __future__ import annotations

import inspect
import re
import types
from pathlib import Path
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

from ide_protocol.own import contract

ROOM = Path(__file__).parent
TYPESCRIPT = ROOM / "vscode" / "src" / "contract.ts"

_HEAD = "Made from ide_protocol/own/contract.py by `python -m editors.contract`; do not edit."
_SIMPLE: dict[object, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
    Any: "unknown",
}


def shapes() -> dict[str, type]:
    """Every shape of the contract, in its order."""
    return {
        name: found
        for name, found in vars(contract).items()
        if is_typeddict(found) and found.__module__ == contract.__name__
    }


def typescript() -> str:
    """The contract as a TypeScript module."""
    parts = [f"/** {_HEAD} */\n"]
    for name, shape in shapes().items():
        parts.append(f"/** {_words(shape)} */\nexport type {name} = {{\n{_fields(shape)}}};\n")
    parts.append(
        "/** What goes with each method that a client calls: its params and its result. */\n"
        f"export type Methods = {{\n{_methods()}}};\n"
    )
    return "\n".join(parts)


def _words(shape: type) -> str:
    return re.sub(r"\s+", " ", inspect.getdoc(shape) or "")


def _fields(shape: type) -> str:
    hints = get_type_hints(shape, include_extras=True)
    return "".join(f"  {_key(name, hint)};\n" for name, hint in hints.items())


def _key(name: str, hint: Any) -> str:  # noqa: ANN401 - as in `_type`.
    optional = get_origin(hint) is NotRequired
    return f"{name}{'?' if optional else ''}: {_type(get_args(hint)[0] if optional else hint)}"


def _type(hint: Any) -> str:  # noqa: ANN401 - a type, of any kind that Python has.
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " | ".join(f'"{word}"' for word in inner)
    if origin is types.UnionType:
        return " | ".join(_type(one) for one in inner)
    if origin is list:
        return f"{_type(inner[0])}[]"
    if origin is dict:
        return f"{{ [key: string]: {_type(inner[1])} }}"
    return str(hint.__name__)


def _methods() -> str:
    lines = []
    for name, (params, result) in contract.METHODS.items():
        lines.append(f'  "{name}": {{ params: {_shape(params)}; result: {_shape(result)} }};\n')
    return "".join(lines)


def _shape(said: type | dict[str, Any]) -> str:
    """A shape by its name, or one that stands for itself."""
    if not isinstance(said, dict):
        return _type(said)
    if not said:
        return "{ [key: string]: never }"
    return f"{{ {'; '.join(_key(name, hint) for name, hint in said.items())} }}"


if __name__ == "__main__":
    TYPESCRIPT.write_text(typescript(), encoding="utf-8")
