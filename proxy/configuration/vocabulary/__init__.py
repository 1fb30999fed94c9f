"""Every key that portico.toml, policy.toml and a file of expectations may have.

The reader, the pages of the documentation, the published schema, and what an editor is told while
somebody writes all come from this one table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from proxy.configuration.vocabulary import (
    company,
    expectations,
    policy,
    running,
    servers,
    top,
)
from proxy.configuration.vocabulary.key import Key, Keys, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYS: Final[Mapping[str, Keys]] = {
    **top.KINDS,
    **company.KINDS,
    **servers.KINDS,
    **policy.KINDS,
    **expectations.KINDS,
    **running.KINDS,
}
"""Kind of table -> the keys it may have. NAME and TOOL are chosen by whoever writes the file."""

__all__ = ["KEYS", "Key", "Keys", "Shape"]
