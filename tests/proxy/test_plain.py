"""Text from elsewhere, made safe to show."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from proxy.plain import block, exact, plain, unlinked


@given(st.text(st.characters()), st.integers(1, 300))
def test_nothing_that_moves_or_hides_text_is_shown(text: str, limit: int) -> None:
    """No control, format, surrogate or unassigned character survives, and the limit holds."""
    shown = plain(text, limit)
    assert len(shown) <= limit
    assert not any(unicodedata.category(c)[0] == "C" for c in shown)


def test_ordinary_text_stays_as_it_is() -> None:
    """Words in any language pass unchanged; a long one ends in an ellipsis."""
    assert plain("Größe 表 (ok)") == "Größe 表 (ok)"
    assert plain("abcdef", 4) == "abc…"


def test_tricks_are_taken_out_or_shown() -> None:
    """Escapes, line breaks and tags go; what would reverse or hide text shows as what it is."""
    assert plain("a\r\nb\x1b[2Jc\u202ed\u200b\U000e0041e") == "a bc<U+202E>d<U+200B>e"
    assert plain("See \x1b]8;;https://evil.example\x07wiki\x1b]8;;\x07.") == "See wiki."
    assert plain("ok\x1b]52;c;cm0gLXJmIH4=\x07 \x9b31mred\x1bPq\x1b\\!") == "ok red!"
    assert plain("9999 rows\r1 row") == "9999 rows 1 row"
    assert plain("x" + "".join(map(chr, range(0xFE00, 0xFE10))) + "y") == "xy"


def test_an_escape_without_an_end_swallows_nothing() -> None:
    """A server cannot have the rest of a text hidden by a sequence that it never ends."""
    for beginning in ("\x1b]8;;", "\x9d52;c;", "\x1bP", "\x1b_"):
        assert plain(f"{beginning} drops all tables").endswith("drops all tables")


def test_a_block_keeps_its_lines_and_nothing_that_moves_them() -> None:
    """Lines and tabs stay, for descriptions and results; escapes and carriage returns do not."""
    assert block("a\tb\nc\x1b[8mhidden\x1b[0m\rd\x08\u2066e") == "a       b\nchidden\nd<U+2066>e"
    assert block("Größe ⚠\ufe0f 表") == "Größe ⚠ 表"


@given(st.text(st.characters()))
def test_what_is_exact_can_be_read_back(text: str) -> None:
    """Nothing of what a person approves is taken out: each hidden character has its escape."""
    shown = exact(json.dumps(text, ensure_ascii=False))
    assert not any(unicodedata.category(c)[0] == "C" for c in shown)
    assert json.loads(shown) == text


def test_a_link_in_somebody_elses_words_is_none() -> None:
    """Editors that read Markdown in a prompt find nothing to click in it."""
    assert unlinked("[Sign in](https://evil.example) ![](https://evil.example/p)") == (
        "[Sign in] (https://evil.example) ![] (https://evil.example/p)"
    )
