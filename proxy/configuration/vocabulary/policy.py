"""A policy, the company's or the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from proxy.configuration.vocabulary.key import Key, Shape, keys
from proxy.configuration.vocabulary.words import LEASED, RISKS, VERDICTS
from proxy.policy.lease import MOST
from proxy.policy.strength import ORDER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.vocabulary.key import Keys

KINDS: Final[Mapping[str, Keys]] = {
    "policy": keys(
        Key(
            "support",
            Shape.TEXT,
            "none",
            "Whom somebody asks whom the policy denies something. In the company's policy only.",
        ),
        Key(
            "tags",
            Shape.GROUPS,
            "none",
            "Tag -> folders, or globs of folders or of git remotes, that have it. A tag that "
            "the company's policy defines is the company's alone.",
        ),
        Key(
            "strength",
            Shape.TABLE,
            "see [policy.md](policy.md#where-a-yes-counts)",
            "See `[policy.strength]`.",
            table="policy.strength",
        ),
        Key(
            "leases",
            Shape.TABLE,
            "what the company allows",
            "See `[policy.leases]`.",
            table="policy.leases",
        ),
        Key("rules", Shape.TABLES, "none", "See `[policy.rules.NAME]`.", table="policy.rules.NAME"),
    ),
    "policy.strength": keys(
        Key(
            "read",
            Shape.TEXT,
            '`"terminal"`',
            "For calls that read, where a rule asks about them.",
            words=ORDER,
        ),
        Key(
            "sensitive-read",
            Shape.TEXT,
            '`"terminal"`',
            "For calls that read sensitive data.",
            words=ORDER,
        ),
        Key("write", Shape.TEXT, '`"terminal"`', "For calls that write.", words=ORDER),
        Key(
            "unknown", Shape.TEXT, '`"terminal"`', "For calls that nobody has classed.", words=ORDER
        ),
        Key(
            "destructive",
            Shape.TEXT,
            '`"page"`',
            "For destructive calls; nothing weaker is taken.",
            words=ORDER,
        ),
    ),
    "policy.leases": keys(
        Key("allowed", Shape.FLAG, "`true`", "Whether leases may be given at all."),
        Key(
            "risks",
            Shape.TEXTS,
            "all but `destructive`",
            "The risks for which they may be given. `destructive` is never one of them.",
            words=LEASED,
        ),
        Key(
            "minutes",
            Shape.WHOLE,
            "`60`",
            "How long a lease lasts at most; at most 480.",
            most=MOST.minutes,
        ),
        Key(
            "calls",
            Shape.WHOLE,
            "`50`",
            "How many calls it covers at most; at most 1000.",
            most=MOST.calls,
        ),
    ),
    "policy.rules.NAME": keys(
        Key(
            "verdict",
            Shape.CHOICE,
            "required",
            "`ask` or `deny`; in the company's policy also `allow`, which speaks only where "
            "the registry is silent.",
            words=VERDICTS,
        ),
        Key("reason", Shape.TEXT, "none", "Why, in a sentence for whoever meets the rule."),
        Key("servers", Shape.TEXTS, "all", "Servers, by short name or by name in the registry."),
        Key(
            "tools",
            Shape.TEXTS,
            "all",
            "The servers' own names of tools; also `prompts/NAME` and `resources/URI`.",
        ),
        Key("environments", Shape.TEXTS, "all", "The environments of servers, such as `prod`."),
        Key(
            "reviewed",
            Shape.FLAG,
            "both",
            "`true` means the registry's servers, `false` those that you wrote down yourself.",
        ),
        Key(
            "from_risk",
            Shape.CHOICE,
            '`"read"`',
            "Calls of this risk and graver ones, in the order `read`, `sensitive-read`, "
            "`write`, `unknown`, `destructive`.",
            words=RISKS,
        ),
        Key("groups", Shape.TEXTS, "everybody", "People with one of these groups."),
        Key("hosts", Shape.TEXTS, "all", "What asking programs call themselves. It is a claim."),
        Key(
            "remotes",
            Shape.TEXTS,
            "all workspaces",
            "Workspaces with such a git remote, as `host/path`.",
        ),
        Key(
            "paths",
            Shape.TEXTS,
            "all workspaces",
            "Workspaces in such a folder; `~` is your home. Of `remotes`, `paths` and `tags` "
            "one must fit.",
        ),
        Key("tags", Shape.TEXTS, "all workspaces", "Workspaces with such a tag."),
        Key(
            "unless",
            Shape.TABLE,
            "nothing",
            "See `[policy.rules.NAME.unless]`.",
            table="policy.rules.NAME.unless",
        ),
        Key(
            "when",
            Shape.TEXT,
            "always",
            "A condition on the call, see [Expressions](policy.md#expressions).",
        ),
        Key(
            "risk",
            Shape.CHOICE,
            "the tool's own",
            "The call has at least this risk. An `allow` must say it: the call then has this one.",
            words=RISKS,
        ),
        Key(
            "surfaces",
            Shape.TEXTS,
            "all that are strong enough",
            "Where a yes counts.",
            words=ORDER,
        ),
        Key("lease", Shape.FLAG, "`true`", "`false` means that a yes covers one call alone."),
        Key(
            "lease_minutes",
            Shape.WHOLE,
            "no limit of its own",
            "How long a lease for such calls lasts at most.",
            most=MOST.minutes,
        ),
        Key(
            "lease_calls",
            Shape.WHOLE,
            "no limit of its own",
            "How many such calls a lease covers at most.",
            most=MOST.calls,
        ),
    ),
    "policy.rules.NAME.unless": keys(
        Key("groups", Shape.TEXTS, "nobody", "People with one of these groups."),
        Key("remotes", Shape.TEXTS, "none", "Workspaces with such a git remote."),
        Key("paths", Shape.TEXTS, "none", "Workspaces in such a folder."),
        Key("tags", Shape.TEXTS, "none", "Workspaces with such a tag."),
    ),
}
