"""Questions that wait for a person, what answers them, and the text that shows them all."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from ide_protocol.own.contract.status import Owner  # noqa: TC001 - read at run time


class Change(TypedDict):
    """One argument that is not as it was at the last approved call; both sides as JSON text."""

    path: str
    before: str | None
    after: str | None


class LeaseTerms(TypedDict):
    """A yes in advance. In a question: the most that may be given; `arguments` holds patterns."""

    minutes: int
    calls: int
    arguments: NotRequired[dict[str, str]]


class Reply(TypedDict):
    """What a person says to one question. `arguments` is what the call shall run with instead.

    `code` goes with a terminal's yes to a `coded` question.
    """

    id: str
    answer: Literal["yes", "no", "stop"]
    lease: NotRequired[LeaseTerms]
    arguments: NotRequired[dict[str, Any]]
    code: NotRequired[str]


class Lease(TypedDict):
    """One answer in advance: a lease (`yes`), or a stop (`no`), which has no end and no count."""

    id: str
    answer: Literal["yes", "no"]
    server: str
    title: str
    tool: str
    arguments: dict[str, str]
    host: str
    workspace: str | None
    until: float | None
    left: int | None


class Question(TypedDict):
    """One pending approval. `arguments` is the exact JSON that will run, `tag` a short name.

    `surfaces` are where a yes counts; `coded` says that a terminal's needs the question's `code`,
    which only a paired editor is told, to show it to the person.
    `difference` stands where it is asked whether to trust what a tool has become.
    """

    id: str
    tag: str
    server: str
    title: str
    owner: Owner
    reviewed: bool
    tool: str
    risk: str
    arguments: str
    reason: str
    host: str
    workspace: str | None
    deadline: float
    changes: list[Change] | None
    lease: LeaseTerms | None
    inputSchema: dict[str, Any] | None
    surfaces: list[str]
    coded: bool
    code: NotRequired[str]
    difference: NotRequired[list[str]]


class Reviewed(TypedDict):
    """One call of the review. `line` is that of its heading, from 0; `where` its yes counts.

    `here` says whether this window may give it. `before` and `after` are the addresses of the
    arguments of the last yes and of now, to be compared; empty where there was no yes.
    """

    id: str
    tag: str
    line: int
    here: bool
    where: str
    before: str
    after: str


class HeldBack(TypedDict):
    """One tool that is not what was trusted; `before` and `after` are its definitions."""

    server: str
    tool: str
    line: int
    acceptable: bool
    before: str
    after: str


class Review(TypedDict):
    """What waits for a person, as a Markdown text; no id and no code of a question is in it."""

    uri: str
    text: str
    calls: list[Reviewed]
    held: list[HeldBack]


class Text(TypedDict):
    """What a virtual document holds."""

    text: str
