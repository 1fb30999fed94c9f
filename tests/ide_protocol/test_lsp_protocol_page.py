"""docs/lsp-protocol.md holds the contract: its methods, its shapes, and examples of both."""

from __future__ import annotations

import ast
import json
import re
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, NotRequired, get_args, get_origin, is_typeddict
from typing import get_type_hints as hints

from ide_protocol.own import contract
from tests.docs.page import fences, read, rows, section
from tests.docs.test_errors_page import every_fault

if TYPE_CHECKING:
    from tests.ide_protocol.conftest import Door

PAGE = read("docs/lsp-protocol.md")
METHODS = [
    value
    for value in vars(contract).values()
    if isinstance(value, str) and value.startswith("portico/")
]
SHAPES = {name: shape for name, shape in vars(contract).items() if is_typeddict(shape)}
KNOWN = {**SHAPES, "str": str, "int": int, "float": float, "bool": bool, "dict": dict}

Shape = Any
"""A type, `[shape]` for a list of it, or a dict from keys (`name?` may be missing) to shapes."""


def stated(method: str) -> tuple[Shape, Shape]:
    """The shapes of params and result that the page states for a method."""
    text = section(PAGE, f"`{method}`")
    found = {}
    for which in ("Params", "result"):
        match = re.search(rf"{which} (?:`(.+?)`)(?=[,.]| with|$)", text, re.MULTILINE)
        found[which] = _shape(ast.parse(match[1], mode="eval").body) if match else {}
    return found["Params"], found["result"]


def _shape(node: ast.expr) -> Shape:
    match node:
        case ast.Name(name):
            return KNOWN[name]
        case ast.List([element]):
            return [_shape(element)]
        case ast.Dict(keys, values):
            return {
                str(key.value): _shape(value)
                for key, value in zip(keys, values, strict=True)
                if isinstance(key, ast.Constant)
            }
    raise AssertionError(ast.dump(node))


def misfit(value: object, shape: Shape, at: str = "$") -> str | None:
    """Where a JSON value is not of a shape, or None when it fits."""
    origin: object = get_origin(shape)
    if origin is NotRequired:
        return misfit(value, get_args(shape)[0], at)
    if isinstance(shape, list) or origin is list:
        inner = shape[0] if isinstance(shape, list) else get_args(shape)[0]
        return _misfit_items(value, inner, at)
    if isinstance(shape, dict) or is_typeddict(shape):
        return _misfit_keys(value, shape if isinstance(shape, dict) else _keys(shape), at)
    if origin is UnionType:
        fits = any(misfit(value, one, at) is None for one in get_args(shape))
    elif origin is Literal:
        fits = value in get_args(shape)
    else:
        kind = shape if origin is None else origin
        fits = type(value) is kind or (kind is float and type(value) is int)
    return None if fits else at


def _misfit_items(value: object, inner: Shape, at: str) -> str | None:
    if not isinstance(value, list):
        return at
    found = (misfit(item, inner, f"{at}[{number}]") for number, item in enumerate(value))
    return next(filter(None, found), None)


def _keys(shape: type) -> dict[str, Shape]:
    return {
        f"{key}?" if get_origin(kind) is NotRequired else key: kind
        for key, kind in hints(shape, include_extras=True).items()
    }


def _misfit_keys(value: object, shape: dict[str, Shape], at: str) -> str | None:
    if not isinstance(value, dict):
        return at
    kinds = {key.removesuffix("?"): kind for key, kind in shape.items()}
    missing = {key for key in shape if not key.endswith("?")} - set(value)
    if odd := missing | (set(value) - set(kinds)):
        return f"{at}.{min(odd)}"
    found = (misfit(item, kinds[key], f"{at}.{key}") for key, item in value.items())
    return next(filter(None, found), None)


def written(kind: Shape) -> str:
    """A type as the page writes it."""
    origin: object = get_origin(kind)
    inner = get_args(kind)
    if origin is NotRequired:
        return written(inner[0])
    if origin is Literal:
        return " or ".join(f'"{word}"' for word in inner)
    if origin is UnionType:
        return " or ".join(written(one) for one in inner)
    if origin is list:
        return f"[{written(inner[0])}]"
    plain: Any = kind if origin is None else origin
    return "None" if plain is type(None) else str(plain.__name__)


def test_the_page_has_exactly_the_methods_of_the_contract() -> None:
    """Each method has a section of its own."""
    assert sorted(re.findall(r"^### `(portico/\w+)`$", PAGE, re.MULTILINE)) == sorted(METHODS)


def test_the_page_has_exactly_the_shapes_of_the_contract() -> None:
    """Each shape has its keys, in order, with their types, and which of them may be missing."""
    on_page = re.findall(r"^### ([A-Z]\w+)$", section(PAGE, "The shapes"), re.MULTILINE)
    assert sorted(on_page) == sorted(SHAPES)
    for name, shape in SHAPES.items():
        table = [(cells[0].strip("`"), cells[1]) for cells in rows(section(PAGE, name))]
        assert table == [(key, written(kind)) for key, kind in _keys(shape).items()], name


def test_every_example_has_the_shape_that_its_section_states() -> None:
    """Params and results of the examples are complete and of the stated types."""
    for method in METHODS:
        params, result = stated(method)
        (example,) = map(json.loads, fences(section(PAGE, f"`{method}`"), "json"))
        assert misfit(example["params"], params) is None, method
        assert misfit(example.get("result", {}), result) is None, method


def test_every_error_that_the_page_names_is_a_fault() -> None:
    """A reference stands on the page of errors, and the example is a fault report."""
    for method in METHODS:
        line = re.search(r"Errors: (.+)$", section(PAGE, f"`{method}`"), re.MULTILINE)
        named = set(re.findall(r"`([a-z-]+)`", line[1])) if line else set()
        assert named <= set(every_fault()), method
    (example,) = map(json.loads, fences(section(PAGE, "Errors"), "json"))
    assert example["code"] == contract.FAULT
    assert misfit(example["data"], contract.FaultReport) is None


async def test_a_real_hub_answers_in_the_shapes_of_the_page(door: Door) -> None:
    """What can be asked of an empty hub has exactly the stated shape."""
    client = await door.open("cli")
    for method in (
        *(contract.STATUS, contract.SERVERS, contract.TOOLS, contract.APPROVALS),
        *(contract.ACTIVITY, contract.STATS, contract.DOCTOR, contract.SIGN_OUT),
    ):
        answer = await client.ask(method)
        assert misfit(answer["result"], stated(method)[1]) is None, method
    refused = await client.ask(contract.SIGN_IN)
    assert refused["error"]["code"] == contract.FAULT
    assert misfit(refused["error"]["data"], contract.FaultReport) is None
