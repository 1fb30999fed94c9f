"""How Portico itself runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from proxy.configuration.vocabulary.key import Key, Shape, keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.vocabulary.key import Keys

KINDS: Final[Mapping[str, Keys]] = {
    "network": keys(
        Key(
            "https_proxy",
            Shape.TEXT,
            "none",
            "Proxy for `https` targets, without user name or password.",
        ),
        Key("http_proxy", Shape.TEXT, "none", "Proxy for `http` targets."),
        Key(
            "no_proxy",
            Shape.TEXT,
            '`""`',
            "Host suffixes reached directly, separated by commas. This machine always is.",
        ),
        Key(
            "ca_file",
            Shape.TEXT,
            "the system's own roots",
            "PEM file of additional roots; a relative path starts beside `portico.toml`.",
        ),
    ),
    "hub": keys(
        Key(
            "idle_minutes",
            Shape.NUMBER,
            "`15`",
            "How long the hub stays after the last window has gone; at most a week.",
            most=7 * 24 * 60,
        ),
        Key(
            "unencrypted_tokens_on_disk",
            Shape.FLAG,
            "`false`",
            "Where there is no keyring, whether tokens are kept in a file that everything that "
            "runs as you can read, and not in memory ([setup.md](setup.md#where-there-is-no-"
            "keyring)).",
        ),
    ),
    "approvals": keys(
        Key(
            "deadline_seconds",
            Shape.NUMBER,
            "`300`",
            "How long a question waits for you; then the answer is no. At most 3600.",
            most=3600,
        ),
    ),
    "audit": keys(
        Key(
            "keep_days",
            Shape.NUMBER,
            "`180`",
            "How many days a record is kept ([audit.md](audit.md#how-long-it-is-kept)); at "
            "most 3650.",
            most=3650,
        ),
        Key(
            "payloads",
            Shape.CHOICE,
            '`"off"`',
            '`"redacted"` also keeps arguments and results, as far as '
            "[audit.md](audit.md#payloads) says.",
            words=("off", "redacted"),
        ),
    ),
    "results": keys(
        Key(
            "most_megabytes",
            Shape.NUMBER,
            "`16`",
            "How much text the result of a call may have; a larger one is not passed on "
            "(`result-too-large` in [errors.md](errors.md)). At most 32.",
            most=32,
        ),
    ),
}
