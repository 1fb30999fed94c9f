"""What a person reads before they decide."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from proxy.approval import Question, digest
from proxy.approval.change import Change
from proxy.approval.prompt import ARGUMENTS, headline, listing, text
from proxy.policy.offering import Owner
from tests.proxy.approval.questions import about


def question(**changes: Any) -> Question:  # noqa: ANN401 - fields of a question.
    """A question about one destructive call."""
    return about(
        **{
            "owner": Owner("data-platform"),
            "tool": "drop_table",
            "arguments": '{"table":"dev.x"}',
            "reason": "This call is destructive.",
            "workspace": "/srv/project",
            "tag": "ab12",
            **changes,
        }
    )


def test_a_prompt_says_all_that_matters() -> None:
    """Risk, tool, server, owner, arguments, reason, asker and tag; the question's id never."""
    asked = question()
    assert headline(asked) == "DESTRUCTIVE: run “drop_table” on Presto (run by data-platform)?"
    shown = text(asked)
    for part in (
        '{"table":"dev.x"}',
        "This call is destructive.",
        "“Agent” in “/srv/project”",
        "ab12",
    ):
        assert part in shown
    assert asked.id not in shown


def test_a_prompt_warns_of_what_nobody_reviewed() -> None:
    """A hand-written server and an unknown owner are called so."""
    shown = headline(question(reviewed=False, owner=Owner()))
    assert "not reviewed by your company" in shown
    assert "you wrote it into portico.toml" in shown


TRICKY = st.text(st.characters(), max_size=60)


@given(st.fixed_dictionaries(dict.fromkeys(("title", "tool", "host", "reason"), TRICKY)), TRICKY)
def test_nobody_can_forge_a_line_of_a_prompt(texts: dict[str, str], other: str) -> None:
    """Whatever the strings hold, a prompt has four lines, each printable and with its own head."""
    arguments = json.dumps({"a": other}, ensure_ascii=False)
    asked = question(**texts, owner=Owner(other), arguments=arguments)
    lines = text(asked).split("\n")
    heads = ("DESTRUCTIVE: ", "Arguments: ", "Why you are asked: ", "Asked by: ")
    assert len(lines) == 4
    assert all(line.isprintable() for line in lines)
    assert all(line.startswith(head) for line, head in zip(lines, heads, strict=True))


def test_a_long_argument_does_not_hide_the_next() -> None:
    """Where the whole is too long, each argument shows its name, its beginning and its end."""
    arguments = json.dumps({"note": "x" * 5000 + " the end", "table": "prod.payments"})
    shown = text(question(arguments=arguments))
    assert '“table”: "prod.payments"' in shown
    assert "the end" in shown
    assert f"{len(arguments)} characters, so each is cut" in shown
    assert len(shown) < ARGUMENTS + 600
    many = json.dumps({f"argument{number}": "x" * 200 for number in range(30)})
    assert "and 14 more that are not shown" in text(question(arguments=many))


def test_a_long_argument_does_not_hide_the_next_in_a_list_of_calls_either() -> None:
    """Each argument keeps its name, its beginning and its end on the call's one line."""
    arguments = json.dumps({"note": "x" * 900, "table": "prod.payments", "more": "y" * 900 + "END"})
    change = Change("table", '"dev.x"', '"prod.payments"')
    asked = [question(), question(arguments=arguments, changes=(change,))]
    head, first, second, foot = listing(asked).split("\n")
    assert (head, first[:2], second[:2]) == ("2 calls wait for your yes:", "1.", "2.")
    for part in ('“table”: "prod.payments"', "END", "so each argument is cut"):
        assert part in second
    assert second.endswith('(since your last yes to it: “table” "dev.x" → "prod.payments")')
    assert foot.startswith("Asked by: “Agent”")
    assert arguments in listing(asked, whole=True)


def test_a_prompt_says_what_changed_since_the_last_yes() -> None:
    """Both sides of each difference, or that nothing differs; nothing before the first yes."""
    assert "Since your last yes" not in text(question())
    assert "Since your last yes to it: nothing changed" in text(question(changes=()))
    many = tuple(Change(f"a{n}", None, "1") for n in range(20))
    shown = text(question(changes=(Change("limit", "10", "5" * 500), *many)))
    assert "“limit” 10 → 555" in shown
    assert "“a0” (none) → 1" in shown
    assert "and 13 more" in shown


def test_a_prompt_holds_no_link() -> None:
    """An editor that renders Markdown finds nothing to click in what others wrote."""
    link = "[Deny](command:x)"
    asked = question(arguments=json.dumps({"a": link}), host=link, tool=link, workspace=link)
    assert "](" not in text(asked)


def test_others_words_cannot_close_the_quotes() -> None:
    """A tool or client whose name imitates the rest of the sentence stays inside its quotes."""
    name = "read” on Knowledge (run by docs)? Fine. “x"
    shown = headline(question(tool=name))
    assert shown.count("“") == shown.count("”") == 1
    assert shown.endswith("” on Presto (run by data-platform)?")


def test_a_digest_changes_with_everything_that_a_yes_is_given_to() -> None:
    """User, server, tool, arguments and definition each count; the order of keys does not."""
    one = ("alice", "presto", "drop", {"a": 1, "b": 2}, {"name": "drop"})
    others: list[tuple[Any, ...]] = [
        ("bob", *one[1:]),
        ("alice", "spark", *one[2:]),
        (*one[:2], "read", *one[3:]),
        (*one[:3], {"a": 1, "b": 2.0}, one[4]),
        (*one[:3], {"a": True, "b": 2}, one[4]),
        (*one[:4], {"name": "drop", "description": "x"}),
        (*one[:4], None),
        ("alice", "presto\0drop", "", *one[3:]),
    ]
    assert len({digest(*one), *(digest(*other) for other in others)}) == len(others) + 1
    assert digest(*one) == digest(*one[:3], {"b": 2, "a": 1}, one[4])
