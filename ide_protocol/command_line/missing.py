"""A server or tool that somebody named and that is not there: which of the two, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from auth.fault import Fault, Who
from ide_protocol.command_line.argument import near
from ide_protocol.command_line.conversation import Refusal
from ide_protocol.own import contract
from proxy.plain import plain

if TYPE_CHECKING:
    from ide_protocol.command_line.conversation import Conversation
    from ide_protocol.own.contract import FaultReport, Server

NOBODY = "Nobody is signed in. Sign in with `portico login`."


class NoSuchServer(Fault):
    """No server of that short name is known to this user."""

    reference = "no-such-server"
    who = Who.PERSON
    remedy = "List the servers with `portico servers`."


class NoSuchTool(Fault):
    """The server has no tool of that name for this user."""

    reference = "no-such-tool"
    who = Who.PERSON
    remedy = "List the tools with `portico tools`."


def servers(hub: Conversation) -> list[Server]:
    """Every server that the user may know of."""
    answer = hub.request(contract.SERVERS, doing="Asking for the servers")
    return cast("list[Server]", answer["servers"])


def signed_out(hub: Conversation, found: list[Server]) -> bool:
    """Whether servers are missing because nobody is signed in.

    Args:
        hub: Who knows.
        found: The servers that the user may know of.
    """
    if any(one["standing"] == "sign-in-needed" for one in found):
        return True
    if any(one["standing"] == "offered" for one in found):
        return False
    # A registry may show nothing at all to whoever is not signed in.
    status = hub.request(contract.STATUS, doing="Asking the hub")
    return status["user"] is None and status["registry"] is not None


def explain(hub: Conversation, server: str, tool: str = "") -> Exception:
    """Why `server` offers no tool (of that name): a fault, or the hub's own refusal.

    Args:
        hub: Who knows.
        server: What somebody took for a server's short name.
        tool: What they took for one of its tools; empty for any.
    """
    known = servers(hub)
    found = next((one for one in known if one["server"] == server), None)
    if (found is None or found["standing"] == "sign-in-needed") and signed_out(hub, known):
        return _sign_in_needed()
    if found is None:
        names = [one["server"] for one in known]
        return NoSuchServer(f"There is no server {plain(server)}{near(server, names)}.")
    if found["standing"] != "offered":
        return _not_offered(found)
    if found["fault"] is not None:
        return Refusal(found["fault"])
    answer = hub.request(contract.TOOLS, {"server": server}, doing="Asking for the tools")
    names = [one["tool"] for one in answer["tools"]]
    what = f"no tool {plain(tool)}{near(tool, names)}" if tool else "no tools"
    fault = NoSuchTool(f"{plain(server)} has {what}.")
    if tool:
        fault.remedy = f"List its tools with `portico tools {plain(server)}`."
    return fault


def _sign_in_needed() -> Fault:
    # The room that signs in takes longer to import than most commands run.
    from auth.refresh import SignInNeeded

    return SignInNeeded("Nobody is signed in.")


def _not_offered(found: Server) -> Refusal:
    """The denial of a server, in the words that a call of it would meet."""
    denied: FaultReport = {
        "reference": "denied-by-policy",
        "message": f"{plain(found['title'])} is not offered to you.",
        "who": Who.PERSON.value,
        "remedy": plain(found["reason"], 500),
    }
    return Refusal(denied)
