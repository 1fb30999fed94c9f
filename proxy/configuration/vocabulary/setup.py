"""A company's set-up, see `proxy.setup.document`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from proxy.configuration.vocabulary.key import Key, Shape, keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.vocabulary.key import Keys

KINDS: Final[Mapping[str, Keys]] = {
    "setup": keys(
        Key("setup", Shape.TABLE, "required", "See `[setup]`.", table="setup.setup"),
        Key("company", Shape.TABLE, "required", "As in `portico.toml`.", table="company"),
        Key("policy", Shape.TABLE, "none", "As in the company's `policy.toml`.", table="policy"),
        Key("network", Shape.TABLE, "none", "See `[network]`.", table="setup.network"),
    ),
    "setup.setup": keys(
        Key(
            "serial",
            Shape.WHOLE,
            "required",
            "The number of this set-up. A change needs a greater one; a smaller one is refused.",
            most=2**53,
        ),
        Key("contact", Shape.TEXT, "none", "Whom people ask about it."),
        Key(
            "keys",
            Shape.TEXTS,
            "`[]`",
            "Fingerprints of further keys that may sign later set-ups, so that a key can be "
            "replaced.",
        ),
        Key(
            "allow_unencrypted_tokens_on_disk",
            Shape.FLAG,
            "`false`",
            "Whether people may set `hub.unencrypted_tokens_on_disk`.",
        ),
    ),
    "setup.network": keys(
        Key(
            "https_proxy",
            Shape.TEXT,
            "none",
            "Proxy for `https` targets, without user name or password.",
        ),
        Key("http_proxy", Shape.TEXT, "none", "Proxy for `http` targets."),
        Key("no_proxy", Shape.TEXT, '`""`', "Host suffixes reached directly."),
        Key(
            "ca",
            Shape.TEXT,
            "the system's own roots",
            "Additional roots, as certificates in PEM. People can add none of their own.",
        ),
    ),
}
