"""What can be wrong with a text that a model is to read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Flag(StrEnum):
    """One kind of poison; the value ends the sentence "Its description …"."""

    HIDDEN = "holds characters that nobody sees"
    REVERSED = "holds characters that reverse the direction of text"
    ESCAPE = "holds escape sequences or control characters for a terminal"
    IMITATION = "mixes letters of several scripts that look alike"
    SECRECY = "tells the model to hide something from the user"
    OVERRULE = "tries to overrule other instructions"
    PRECEDENCE = "puts itself before the tools of others"
    SECRETS = "asks for secrets, or for the conversation"
    LINK = "holds a picture or link that could carry data away or hides where it leads"
    SCRIPT = "holds a script in place of an address"
    OTHERS = "gives orders about another server's tools"
    OVERSIZE = "is far too long"


@dataclass(frozen=True, slots=True)
class Finding:
    """One flag, and where it was raised.

    Attributes:
        flag: What is wrong.
        where: The path of the text in the definition, for example `inputSchema.properties.note`.
        excerpt: The words that raised it, safe to show; empty where there are none to show.
    """

    flag: Flag
    where: str
    excerpt: str = ""

    def sentence(self) -> str:
        """The finding as a person reads it."""
        shown = f": “{self.excerpt}”" if self.excerpt else ""
        return f"Its {self.where} {self.flag}{shown}."
