"""The params of Portico's own methods, checked."""

from __future__ import annotations

from typing import Any

from auth.fault import Fault, Who

Params = dict[str, Any]


class BadParams(Fault):
    """A request of Portico's own methods lacks something."""

    reference = "bad-params"
    who = Who.EDITOR
    remedy = "docs/lsp-protocol.md shows the shape of every method."


def text(params: Params, name: str) -> str:
    """A text that must be there.

    Raises:
        BadParams: It is not.
    """
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise BadParams(f"`{name}` must be a text.")
    return value
