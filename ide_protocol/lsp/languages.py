"""The kinds of document that Portico speaks, joined with what they need of the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ide_protocol.lsp.language import Language
    from proxy.hub import Hub
    from proxy.session import Session


def languages(_hub: Hub, _session: Session) -> list[Language]:
    """Every language, for one editor."""
    return []
