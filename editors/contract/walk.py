"""The contract as data: its shapes, field by field, and its methods; every writer's one walk."""

from __future__ import annotations

import inspect
import re
import types
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

from ide_protocol.own import contract

HEAD = "Made from ide_protocol/own/contract by `python -m editors.contract`; do not edit."


@dataclass(frozen=True, slots=True)
class Plain:
    """A value without parts; `kind` is `str`, `int`, `float` or `bool`."""

    kind: type


@dataclass(frozen=True, slots=True)
class Words:
    """One of a few texts."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value, or null."""

    inner: Type


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    inner: Type


@dataclass(frozen=True, slots=True)
class Table:
    """An object whose keys nobody knows beforehand."""

    inner: Type


@dataclass(frozen=True, slots=True)
class Named:
    """One of the contract's shapes."""

    name: str


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON value."""


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a shape; an optional one may be left out."""

    name: str
    type: Type
    optional: bool


@dataclass(frozen=True, slots=True)
class Keys:
    """A shape without a name of its own."""

    fields: tuple[Field, ...]


Type = Plain | Words | Maybe | Many | Table | Named | Anything | Keys


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of the contract; `words` is its docstring, on one line."""

    name: str
    words: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """A method: its name on the wire; a notification has no `result`."""

    name: str
    params: Type
    result: Type | None


def shapes() -> list[Shape]:
    """Every shape of the contract, in its order."""
    return [
        Shape(name, _words(found), _fields(get_type_hints(found, include_extras=True)))
        for name, found in vars(contract).items()
        if is_typeddict(found)
    ]


def methods() -> list[Method]:
    """What a client asks of the hub."""
    return [
        Method(name, _stated(params), _stated(result))
        for name, (params, result) in contract.METHODS.items()
    ]


def asked() -> list[Method]:
    """What the hub asks of an editor, or tells it."""
    return [
        Method(name, _stated(params), None if result is None else _stated(result))
        for name, (params, result) in contract.ASKED.items()
    ]


def _words(shape: type) -> str:
    return re.sub(r"\s+", " ", inspect.getdoc(shape) or "")


def _fields(hints: dict[str, Any]) -> tuple[Field, ...]:
    return tuple(_field(name, hint) for name, hint in hints.items())


def _field(name: str, hint: Any) -> Field:  # noqa: ANN401 - as in `_type`.
    optional = get_origin(hint) is NotRequired
    return Field(name, _type(get_args(hint)[0] if optional else hint), optional)


def _stated(said: type | dict[str, Any]) -> Type:
    """What the table of methods says: a type, or keys that stand for themselves."""
    return Keys(_fields(said)) if isinstance(said, dict) else _type(said)


def _type(hint: Any) -> Type:  # noqa: ANN401, PLR0911 - any type that Python has, one by one.
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return Anything()
    if hint in (str, int, float, bool):
        return Plain(hint)
    if origin is Literal:
        return Words(inner)
    if origin is types.UnionType:
        (one,) = (part for part in inner if part is not type(None))
        return Maybe(_type(one))
    if origin is list:
        return Many(_type(inner[0]))
    if origin is dict:
        return Table(_type(inner[1]))
    return Named(hint.__name__)
