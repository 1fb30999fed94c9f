"""How a call ends of a tool in quarantine, and a question that is not passed on.

A model reads these. So they say what happened and who acts, and never a word that would accept it.
"""

from __future__ import annotations

from auth.fault import Fault, Who

LOOK = "Ask the user to look at it in Portico; do not try another way."


class Quarantined(Fault):
    """The tool is not offered, because something is wrong with what its server says of it."""

    reference = "tool-quarantined"
    who = Who.PERSON
    remedy = LOOK


class ToolChanged(Quarantined):
    """The tool is another one than the one that was trusted."""

    reference = "tool-changed"


class ServerChanged(Quarantined):
    """The server's instructions are other ones than those that were trusted."""

    reference = "server-changed"


class ToolPoisoned(Quarantined):
    """The tool's description holds what an honest one does not."""

    reference = "tool-poisoned"


class ToolShadows(Quarantined):
    """The tool's name collides with another tool's, or imitates it."""

    reference = "tool-shadows"
    who = Who.OWNER
    remedy = "Tell the server's owner to give the tool a name of its own."


class ToolUnreviewed(Quarantined):
    """The tool is not the one that the company's reviewer accepted."""

    reference = "tool-unreviewed"
    who = Who.COMPANY
    remedy = "Ask the server's owner to have what it is now reviewed."


class NotQuarantined(Fault):
    """Nothing of that name waits to be accepted."""

    reference = "not-quarantined"
    who = Who.PERSON
    remedy = "List what is pinned and what is blocked with `portico trust list`."


class SecretAsked(Fault):
    """A server asked the person for a secret; such a question is not passed on."""

    reference = "secret-asked"
    who = Who.OWNER
    remedy = (
        "Do not ask the user for the secret either. A server must send people to a page of its own."
    )


class UnsafePage(Fault):
    """A server asked the person to open an address that is not safe to open."""

    reference = "unsafe-page"
    who = Who.OWNER
    remedy = "Tell the server's owner; a page must have a plain https address."


class UnsafeForm(Fault):
    """A server's form holds what people cannot be shown as it is."""

    reference = "unsafe-form"
    who = Who.OWNER
    remedy = "Tell the server's owner; names and choices of a form must be plain text."
