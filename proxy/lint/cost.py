"""What a definition costs a model, roughly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.wire import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

_BYTES = 4


def tokens(definition: Mapping[str, Any]) -> int:
    """About how many tokens a definition is: four bytes of its JSON are one (docs/many-tools.md).

    A rule of thumb and no tokenizer; hosts that leave out output schemas pay less.
    """
    return round(len(encode(dict(definition))) / _BYTES)
