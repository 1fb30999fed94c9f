"""Names and globs, compiled once: `*` stands for anything, also across `/`."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@lru_cache(maxsize=4096)
def _compiled(glob: str) -> re.Pattern[str]:
    return re.compile(translate(glob))


def fits(word: str, globs: Iterable[str]) -> bool:
    """Whether one of the globs stands for the whole word; case counts."""
    return any(_compiled(glob).match(word) is not None for glob in globs)
