"""Several lines from elsewhere, made safe to show on a terminal."""

from __future__ import annotations

import contextlib
import json

from proxy.plain import block
from proxy.plain import exact as escaped

__all__ = ["block", "exact"]


def exact(arguments: str) -> str:
    r"""The JSON text `arguments`, indented, with unprintable characters as visible escapes.

    A person approves what they see here, so nothing is left out: a hidden character shows as
    `\u202e`, and text that is not JSON is shown as it came, escaped likewise.
    """
    # What is not JSON is shown as it is: hiding it would hide what is approved.
    with contextlib.suppress(ValueError, RecursionError):
        arguments = json.dumps(json.loads(arguments), indent=2, ensure_ascii=False)
    return "\n".join(map(escaped, arguments.split("\n")))
