"""The kinds of document that Portico speaks, joined with what they need of the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.lsp.configuration.known import Known
from ide_protocol.lsp.configuration.language import ConfigurationLanguage
from ide_protocol.lsp.reviewing import ReviewLanguage

if TYPE_CHECKING:
    from ide_protocol.lsp.language import Language
    from ide_protocol.review.review import Review
    from proxy.hub import Hub
    from proxy.session import Session


def languages(hub: Hub, session: Session, review: Review) -> list[Language]:
    """Every language, for one editor."""
    return [
        ReviewLanguage(hub, session, review),
        ConfigurationLanguage(Known(hub, session)),
    ]
