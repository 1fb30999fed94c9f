"""What can go wrong in the hub itself, above all how a call ends without having been sent."""

from __future__ import annotations

from typing import Any, Final

from auth.fault import Fault, Who
from proxy.approval import Answer

_OWN: Final = "portico/"

META: Final = "portico/fault"
"""The key in the `_meta` of a tool's result under which a fault of Portico's own stands."""


class UnknownTool(Fault):
    """Nothing of that name is known to this user; a hidden tool answers exactly so."""

    reference = "unknown-tool"
    who = Who.EDITOR
    remedy = "List the tools again; names never change, but servers come and go."


class Denied(Fault):
    """The call was not sent: policy forbids it."""

    reference = "denied-by-policy"
    who = Who.PERSON
    remedy = "Ask your company's platform team who owns the server."


class NotApproved(Fault):
    """The call was not sent: no person said yes to it."""

    reference = "not-approved"
    who = Who.PERSON
    remedy = "Call it again when somebody can be asked."


class NothingToSignInTo(Fault):
    """The configuration names no company."""

    reference = "no-company"
    who = Who.PERSON
    remedy = "Join yours with `portico setup URL`; docs/setup.md shows how."


class Internal(Fault):
    """A mistake of Portico's own; the log has the details."""

    reference = "internal-fault"
    remedy = "Report it with the log of `portico hub logs`."


def refusal(answer: Answer, what: str) -> NotApproved:
    """Why a call that a person was asked about is not sent; `what` names tool and server."""
    said = {
        Answer.NO: f"The user said no to {what}. It was not sent.",
        Answer.STOP: (
            f"The user said no to {what}, and not to be asked about it again in this session. "
            "It was not sent."
        ),
        Answer.SILENCE: f"Nobody answered whether {what} may run, so it was not sent.",
        Answer.GONE: f"The window that asked about {what} went away, so it was not sent.",
        Answer.NOBODY: f"Nobody could be asked whether {what} may run, so it was not sent.",
    }
    remedy = {
        Answer.NO: "Do not try it again unless the user asks for it.",
        Answer.STOP: "Do not call it again; the user can take that back.",
        Answer.SILENCE: (
            "Ask the user to look at their editor, or at Portico's page (they open it with "
            "`portico approvals --open`), then call again."
        ),
        Answer.GONE: "Ask the user to open their editor, then call again.",
        Answer.NOBODY: "Call it from a terminal, or with an editor open that Portico can ask in.",
    }
    return NotApproved(said[answer], remedy=remedy[answer])


def tool_error(fault: Fault) -> dict[str, Any]:
    """A fault as the model reads it: what happened, who must act, under its stable reference."""
    text = f"Portico: {fault.sentence().strip()}"
    return {
        "jsonrpc": "2.0",
        "result": {
            "content": [{"type": "text", "text": f"{text} [{fault.reference}]"}],
            "isError": True,
            "_meta": {META: fault.as_json()},
        },
    }


def unforged(envelope: dict[str, Any]) -> dict[str, Any]:
    """A server's answer, without what only Portico may say in it."""
    result = envelope.get("result")
    meta = result.get("_meta") if isinstance(result, dict) else None
    if isinstance(result, dict) and isinstance(meta, dict) and any(map(_ours, meta)):
        kept = {key: value for key, value in meta.items() if not _ours(key)}
        return {**envelope, "result": {**result, "_meta": kept}}
    return envelope


def _ours(key: object) -> bool:
    return isinstance(key, str) and key.startswith(_OWN)
