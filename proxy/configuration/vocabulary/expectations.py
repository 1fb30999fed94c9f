"""A file of what a company expects of its policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from proxy.configuration.vocabulary.key import Key, Shape, keys
from proxy.configuration.vocabulary.words import RISKS, VERDICTS
from proxy.policy.strength import ORDER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.vocabulary.key import Keys

KINDS: Final[Mapping[str, Keys]] = {
    "expectations": keys(
        Key(
            "policy",
            Shape.TEXT,
            "",
            "The company's policy; without it there is none. Paths begin beside the file.",
        ),
        Key(
            "servers",
            Shape.TABLES,
            "",
            "The servers of the calls, each under a short name.",
            table="expectations.servers.NAME",
        ),
        Key(
            "expect",
            Shape.TABLES,
            "",
            "The calls, each under a name that says what is expected.",
            table="expectations.expect.NAME",
        ),
    ),
    "expectations.servers.NAME": keys(
        Key("name", Shape.TEXT, "", "Its name in the registry."),
        Key(
            "governance",
            Shape.TEXT,
            "",
            "A file with its governance block as JSON; left out for a registry without.",
        ),
        Key("tools", Shape.TEXT, "", "A file with its `tools/list` as JSON, for annotations."),
    ),
    "expectations.expect.NAME": keys(
        Key("call", Shape.TEXT, "", "`SERVER.TOOL`."),
        Key("arguments", Shape.VALUES, "", "Its arguments; without them they count as not known."),
        Key("groups", Shape.TEXTS, "", "The user's groups."),
        Key("host", Shape.TEXT, "", "What the asking program calls itself."),
        Key("path", Shape.TEXT, "", "The workspace's folder."),
        Key("remotes", Shape.TEXTS, "", "The workspace's git remotes."),
        Key("tags", Shape.TEXTS, "", "Tags beside those that the policy gives it."),
        Key(
            "verdict",
            Shape.CHOICE,
            "",
            "`allow`, `ask` or `deny`. Of this and the keys below, what is left out is not "
            "looked at.",
            words=VERDICTS,
        ),
        Key("risk", Shape.CHOICE, "", "The risk by which it is judged.", words=RISKS),
        Key("rule", Shape.TEXT, "", "A part of the name of the rule that decides."),
        Key("surfaces", Shape.TEXTS, "", "Exactly the surfaces where a yes counts.", words=ORDER),
        Key("lease", Shape.FLAG, "", "Whether a lease may be given."),
        Key("listed", Shape.FLAG, "", "Whether the window lists the tool."),
    ),
}
