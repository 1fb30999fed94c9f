"""Text from elsewhere, made safe to show."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from proxy.plain import plain


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


def test_tricks_become_one_space() -> None:
    """Line breaks, escape sequences, bidi overrides and invisible tags cannot forge a prompt."""
    assert plain("a\r\nb\x1b[2Jc\u202ed\u200b\U000e0041e") == "a b [2Jc d e"
