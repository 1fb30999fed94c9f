"""What a call would meet, and the way to it."""

from __future__ import annotations

from typing import Literal, TypedDict

from ide_protocol.own.contract.approval import LeaseTerms  # noqa: TC001 - read at run time
from ide_protocol.own.contract.status import Owner  # noqa: TC001 - read at run time


class Explanation(TypedDict):
    """What a call would meet, why, and what helps. `groups` are those of which one is missing.

    `request` is a text to send to the owner where they can help; else it is empty.
    """

    server: str
    tool: str
    name: str
    title: str
    owner: Owner
    verdict: Literal["allow", "ask", "deny"]
    risk: str
    rule: str
    reason: str
    remedy: str
    groups: list[str]
    request: str


class Step(TypedDict):
    """One step to a verdict; `verdict` is empty where what was looked at said nothing."""

    name: str
    verdict: Literal["allow", "ask", "deny", ""]
    rule: str
    finding: str


class Place(TypedDict):
    """A workspace as rules may speak of it; empty where it is not known."""

    path: str
    remotes: list[str]
    tags: list[str]


class Weighing(TypedDict):
    """The way to a verdict, step by step, and what the call would meet.

    `open` says that the arguments, which were not given, can still make it stricter.
    `surfaces` are the kinds of surface whose yes would count, the strongest first; `surface` is the
    one that would show the question now (empty: none would), and `prompt` what it would show.
    """

    server: str
    title: str
    tool: str
    verdict: Literal["allow", "ask", "deny"]
    risk: str
    rule: str
    reason: str
    remedy: str
    open: bool
    steps: list[Step]
    groups: list[str]
    workspace: Place
    surfaces: list[str]
    surface: str
    lease: LeaseTerms | None
    prompt: str
