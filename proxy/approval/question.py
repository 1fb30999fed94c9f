"""A person's answer to one exact call.

An approval is bound to a digest: who is signed in, server, tool, arguments and the tool's own
definition. Whoever changes one of them after the question asks anew.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proxy.policy.strength import SURFACES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.approval.change import Change
    from proxy.policy.lease import LeaseLimits
    from proxy.policy.offering import Owner
    from proxy.policy.risk import Risk


def new_tag() -> str:
    """Four characters by which a person tells one question from another."""
    return secrets.token_hex(2)


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as every surface shows it.

    Attributes:
        id: Names the question to the command line; no model ever reads it.
        tag: Four letters that tell two similar prompts apart; it opens nothing.
        server: Short name; `title` and `owner` come from the registry, not from the server.
        arguments: The arguments that will run, frozen as JSON text.
        digest: What the answer is bound to, see `digest`.
        reason: Why a person is asked: the rule, in a sentence.
        host: The program that asks for the call.
        deadline: Unix seconds after which silence is no.
        changes: What differs from the last approved call of this tool; None where there was none.
        before: That call's arguments, frozen as JSON text.
        lease: How far a yes may be given in advance; None where it may not.
        schema: The JSON Schema of the arguments, where a person may correct them; else None.
        surfaces: The kinds of surface whose yes counts.
        exchange: The call that it is about, as the audit names it.
        coded: Whether a terminal's yes needs the question's code.
        code: The code, for a surface that may show it; empty everywhere else.
        difference: Where the question is whether to trust what a tool has become: what changed,
            line by line. None for a call.
    """

    server: str
    title: str
    owner: Owner
    reviewed: bool
    tool: str
    risk: Risk
    arguments: str
    digest: str
    reason: str
    host: str
    workspace: str | None
    deadline: float
    changes: tuple[Change, ...] | None = None
    before: str | None = field(default=None, repr=False)
    lease: LeaseLimits | None = None
    schema: Mapping[str, Any] | None = None
    surfaces: frozenset[str] = SURFACES
    exchange: str = ""
    coded: bool = False
    code: str = field(default="", repr=False)
    difference: tuple[str, ...] | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    tag: str = field(default_factory=new_tag)


def digest(
    user: str, server: str, tool: str, arguments: object, definition: Mapping[str, Any] | None
) -> str:
    """SHA-256 (hex) over all that a yes is given to, whatever the order of keys.

    Args:
        user: Who is signed in, see `auth.identity.Identity.key`; empty for nobody.
        server: Short name.
        tool: The server's own name of the tool.
        arguments: What the tool will be given.
        definition: The tool as the server itself gave it.
    """
    bound = [user, server, tool, arguments, definition]
    frozen = json.dumps(bound, sort_keys=True, allow_nan=False)
    return hashlib.sha256(frozen.encode("ascii")).hexdigest()
