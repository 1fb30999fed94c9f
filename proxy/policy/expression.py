"""Conditions on the arguments of a call, in CEL (https://cel.dev), the Common Expression Language.

An expression is checked when it is read: it may use the variables below and the functions of CEL's
standard library, must be a condition, and nothing in it reaches a file, a clock or the network. Its
evaluation is bounded by the library (10,000 steps of its macros, regular expressions in linear
time, 32 levels) and by what it is given, for each step may read a whole text. What goes wrong while
it is evaluated is a value here, not an exception, because what it means is for the rule to say.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cel_expr_python.cel import Env, Expression

VARIABLES: Final[Mapping[str, str]] = {
    "args": "map<string, dyn>",
    "server": "string",
    "tool": "string",
    "environment": "string",
    "user": "string",
    "groups": "list<string>",
    "host": "string",
    "workspace": "string",
    "remotes": "list<string>",
    "tags": "list<string>",
}
"""What an expression may speak of -> its type in CEL."""

LONGEST: Final = 2000
"""Characters of one expression."""


DEEPEST: Final = 100
"""Levels of lists and tables that arguments may have: the library follows them on its stack."""


LARGEST: Final = 32 * 1024
"""Characters of text that arguments may have together: what an expression does with each of them
again and again would hold up the hub for as long."""


class BadExpression(ValueError):  # noqa: N818 - "error" would add nothing.
    """It is not a condition that CEL understands; the text says why, on one line."""


class Undecided(Exception):  # noqa: N818 - it says what the answer is.
    """It has no answer for these values; the text says why, on one line."""


def check(text: str) -> None:
    """Read an expression.

    Raises:
        BadExpression: It is none, is too long, or is not a condition.
    """
    _compiled(text)


def holds(text: str, values: Mapping[str, Any]) -> bool:
    """Whether a condition is met.

    Args:
        text: An expression that `check` has let through.
        values: A value for each of `VARIABLES`.

    Raises:
        Undecided: An argument is missing or of another type than the expression compares it with,
            the result is no truth value, or the evaluation reached one of its bounds.
    """
    if (why := _unfit(values["args"])) is not None:
        raise Undecided(why)
    try:
        found = _compiled(text).eval(data=values)
        answer = found.value()
    except RuntimeError as wrong:
        raise Undecided(_line(str(wrong))) from None
    if isinstance(answer, bool):
        return answer
    if found.type().name() == "ERROR":
        raise Undecided(_line(str(answer)))
    msg = f"it is {found.type().name().lower()} and not true or false"
    raise Undecided(msg)


def _unfit(arguments: Mapping[str, Any]) -> str | None:
    """Why arguments are too deep or too large to be weighed; None where they are neither."""
    level: list[Any] = [arguments]
    size = 0
    for _ in range(DEEPEST + 1):
        inner = [one for outer in level for one in _parts(outer)]
        size += sum(len(one) for one in inner if isinstance(one, str))
        if size > LARGEST:
            return f"the arguments have more than {LARGEST} characters"
        level = [one for one in inner if isinstance(one, dict | list)]
        if not level:
            return None
    return f"the arguments have more than {DEEPEST} levels"


def _parts(value: dict[str, Any] | list[Any]) -> list[Any]:
    return [*value, *value.values()] if isinstance(value, dict) else value


@cache
def _language() -> Env:
    # 6 ms and 6 MB, which only those pay who have such a rule.
    from cel_expr_python.cel import NewEnv, Type

    return NewEnv(variables={name: Type(kind) for name, kind in VARIABLES.items()})


@lru_cache(maxsize=1024)
def _compiled(text: str) -> Expression:
    if len(text) > LONGEST:
        msg = f"is longer than {LONGEST} characters"
        raise BadExpression(msg)
    try:
        expression = _language().compile(text)
    except RuntimeError as wrong:
        msg = f"is not a CEL expression: {_line(str(wrong))}"
        raise BadExpression(msg) from None
    kind = expression.return_type().name()
    if kind not in {"BOOL", "DYN"}:
        msg = f"must be a condition, and this is {kind.lower()}"
        raise BadExpression(msg)
    return expression


_CODE = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$")
_PLACE = re.compile(r"^ERROR: <input>:-?\d+:-?\d+: ")
_MISSING = re.compile(r"Key not found in map : (\S+)")
_OVERLOAD = re.compile(
    r"[Nn]o matching overload\w* (?:found : \S*?\.?|for '\S+' applied to ')\(([^)]*)\)"
)


def _line(wrong: str) -> str:
    """What the library said, on one line: its places and codes mean nothing to a reader."""
    first = wrong.split("\n", 1)[0]
    if found := _OVERLOAD.search(first):
        return f"its types do not go together ({found[1]})"
    if found := _MISSING.search(first):
        return f"there is no {found[1]}"
    first = _PLACE.sub("", _CODE.sub("", first)).replace(" (in container '')", "")
    first, _, _ = first.partition(" expecting {")
    return plain(first.rstrip(". "), 200)
