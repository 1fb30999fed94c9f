"""The tables of portico.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from proxy.configuration.vocabulary.key import Key, Shape, keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.vocabulary.key import Keys

KINDS: Final[Mapping[str, Keys]] = {
    "": keys(
        Key(
            "company",
            Shape.TABLE,
            "none: nobody signs in",
            "Your company: its sign-in, its registry, and where its tokens may go.",
            table="company",
        ),
        Key(
            "servers",
            Shape.TABLES,
            "none",
            "Servers that you write down yourself, beside those of the registry.",
            table="servers.NAME",
        ),
        Key(
            "profiles",
            Shape.TABLES,
            "none",
            "Which few servers the windows of some workspaces show.",
            table="profiles.NAME",
        ),
        Key(
            "policy",
            Shape.TABLE,
            "none",
            "Your own rules, which can only make Portico stricter.",
            table="policy",
        ),
        Key("network", Shape.TABLE, "the system's", "Proxies and roots of trust.", table="network"),
        Key("hub", Shape.TABLE, "", "How long the hub stays.", table="hub"),
        Key("approvals", Shape.TABLE, "", "How long a question waits for you.", table="approvals"),
        Key(
            "audit",
            Shape.TABLE,
            "",
            "What is kept of what happened, and for how long.",
            table="audit",
        ),
        Key("results", Shape.TABLE, "", "How large the result of a call may be.", table="results"),
    ),
}
