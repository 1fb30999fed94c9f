"""Conditions on arguments: what they can say, and that nothing a caller sends harms the hub."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.policy.expression import (
    DEEPEST,
    LARGEST,
    LONGEST,
    VARIABLES,
    BadExpression,
    Undecided,
    check,
    holds,
)

PAGE = (Path(__file__).parents[3] / "docs" / "policy.md").read_text(encoding="utf-8")


def values(**args: object) -> dict[str, Any]:
    """What an expression may speak of, with these arguments."""
    known: dict[str, Any] = {
        name: [] if kind.startswith("list") else "" for name, kind in VARIABLES.items()
    }
    return {**known, "groups": ["data-eng"], "args": args}


@pytest.mark.parametrize(
    ("text", "args", "met"),
    [
        ('args.table.startsWith("dev_")', {"table": "dev_x"}, True),
        ('args.table.startsWith("dev_")', {"table": "prod_x"}, False),
        ("args.limit > 10000", {"limit": 10001}, True),
        ("args.limit > 10000", {"limit": 10000.5}, True),
        ("args.missing > 1 || true", {}, True),
        ("has(args.where) && args.where == 1", {}, False),
        ('"data-eng" in groups', {}, True),
        ("args.rows.exists(row, row.kind == 'x')", {"rows": [{"kind": "y"}, {"kind": "x"}]}, True),
        ('args.text.matches("(?i)^drop")', {"text": "DROP it"}, True),
    ],
)
def test_a_condition_is_met_or_not(text: str, args: dict[str, object], *, met: bool) -> None:
    """The standard library of CEL is there, over the arguments as JSON has them."""
    check(text)
    assert holds(text, values(**args)) is met


@pytest.mark.parametrize(
    ("text", "args", "why"),
    [
        ("args.limit > 1", {}, 'there is no "limit"'),
        ("args.limit > 1", {"limit": "2"}, "its types do not go together (string, int64)"),
        ("args.limit", {"limit": 2}, "it is int and not true or false"),
        ("args.limit > 1", {"limit": 2**70}, "out of range"),
        ('args.text == "x"', {"text": "\ud800"}, ""),
        ('args.text.matches("(")', {"text": "x"}, "invalid regular expression"),
        ("args.a.all(x, args.a.all(y, x >= y))", {"a": [0] * 200}, "Iteration budget exceeded"),
    ],
)
def test_what_cannot_be_decided_says_why_on_one_line(
    text: str, args: dict[str, object], why: str
) -> None:
    """A missing argument, another type, a number too large, a bound reached: no answer."""
    check(text)
    with pytest.raises(Undecided) as undecided:
        holds(text, values(**args))
    assert why in str(undecided.value)
    assert "\n" not in str(undecided.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("arg.limit > 1", "undeclared reference to 'arg.limit'"),
        ("args.limit >", "Syntax error"),
        ("args.limit.upper()", "undeclared reference to 'upper'"),
        ("1 + 1", "must be a condition, and this is int"),
        ("host > 1", "its types do not go together (string, int)"),
        ("(" * 40 + "true" + ")" * 40, "recursion limit"),
        ("true || " * 400 + "true", f"longer than {LONGEST}"),
        ('open("/etc/passwd") == ""', "undeclared reference to 'open'"),
    ],
)
def test_what_is_no_condition_is_refused_when_it_is_read(text: str, why: str) -> None:
    """A slip of the pen is a problem with a line, not a rule that never fits."""
    with pytest.raises(BadExpression) as bad:
        check(text)
    assert why in str(bad.value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


# No deadline: how fast this machine is has no say in what is right.
@settings(deadline=None)
@given(args=st.dictionaries(st.sampled_from(["a", "b"]), ANYTHING))
@pytest.mark.parametrize(
    "text",
    [
        "args.a > args.b",
        "args.a.exists(x, x == args.b)",
        "size(args.a) > 3",
        "args.a in args.b",
        "args.a.b.matches(args.b)",
        "args == args",
    ],
)
def test_no_arguments_do_more_than_meet_a_condition_or_not(
    text: str, args: dict[str, object]
) -> None:
    """Whatever a model sends, the answer is yes, no, or that there is none."""
    with contextlib.suppress(Undecided):
        assert holds(text, values(**args)) in {True, False}


def test_arguments_however_deep_do_no_harm() -> None:
    """What would take the library's stack, and the hub with it, is never given to the library."""
    deep: dict[str, object] = {}
    for _ in range(DEEPEST - 1):
        deep = {"a": deep}
    assert holds("has(args.a)", values(**deep))
    for _ in range(50_000):
        deep = {"a": [deep]}
    with pytest.raises(Undecided, match=f"more than {DEEPEST} levels"):
        holds("has(args.a)", values(**deep))
    while deep:  # Taken apart here: the collector would do it recursively.
        inner = deep.pop("a")
        deep = inner.pop() if isinstance(inner, list) else inner  # type: ignore[assignment]


def test_arguments_however_large_keep_no_expression_busy() -> None:
    """What each step would read again and again is never given to the library."""
    assert holds("has(args.a)", values(a="x" * (LARGEST - 1)))
    for large in ({"a": "x" * LARGEST}, {"a": ["x" * LARGEST]}, {"x" * LARGEST: "y"}):
        with pytest.raises(Undecided, match=f"more than {LARGEST} characters"):
            holds("has(args.a)", values(**large))


def test_the_library_is_loaded_by_the_first_expression_and_not_before() -> None:
    """Who has no condition pays nothing for them."""
    code = (
        "import sys, proxy.policy, proxy.configuration, proxy.registry\n"
        "assert not any(name.startswith('cel_expr') for name in sys.modules)\n"
        "from proxy.policy.expression import check\n"
        "check('true')\n"
        "assert any(name.startswith('cel_expr') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def test_the_page_lists_the_variables_with_their_types() -> None:
    """What an expression may speak of is exactly what the page says."""
    table = re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", PAGE, re.MULTILINE)
    assert dict(table) == dict(VARIABLES)


def test_the_examples_of_the_page_are_conditions() -> None:
    """What somebody copies from the page is understood."""
    chapter = PAGE.split("## Expressions")[1]
    [block] = re.findall(r"```text\n(.*?)```", chapter, re.DOTALL)
    for line in block.strip().splitlines():
        check(line)
