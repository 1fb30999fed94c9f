"""How things stand: who is signed in, what is served, what is wrong."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class FaultReport(TypedDict):
    """One thing that went wrong: `who` acts, and `remedy` says what they do."""

    reference: str
    message: str
    who: str
    remedy: str
    data: NotRequired[dict[str, Any]]


class Owner(TypedDict):
    """Who runs a server; empty strings where the registry does not say."""

    team: str
    contact: str
    support: str


class User(TypedDict):
    """Who is signed in; `storage` keeps that: `keyring`, `memory` or `unencrypted-file`."""

    name: str
    subject: str
    issuer: str
    groups: list[str]
    storage: str


class UserCode(TypedDict):
    """What the person does to sign in: open `page` on any device, and type `code` there.

    `complete` is the same page with the code filled in, where there is one; `lifetime` how long the
    code is good.
    """

    code: str
    page: str
    complete: NotRequired[str]
    lifetime: float


class Offline(TypedDict):
    """Nothing beyond this computer is reached: by a person's word, `since` then, or for now."""

    by: Literal["person", "network"]
    since: float | None


class Server(TypedDict):
    """One server the user may know of. `state` says where its tools come from, `fetched` when."""

    server: str
    name: str
    title: str
    description: str
    owner: Owner
    reviewed: bool
    environment: str
    standing: Literal["offered", "withheld", "forbidden", "sign-in-needed"]
    reason: str
    state: Literal["live", "snapshot", "asking", "absent"]
    era: Literal["legacy", "modern", "unknown"]
    tools: int
    fetched: float | None
    fault: FaultReport | None


class Grant(TypedDict):
    """What one server is sent of the person, and how that comes about.

    `way` is how a token is got: of the company's sign-in by `refresh`, `exchange`, or the company's
    word at the server's own issuer (`enterprise`); by a sign-in of the server's `own`; as a secret
    of the user's own in a `header`; `mesh` shows this machine's certificate and nothing of the
    person; `none` for a server that is sent nothing. `issuer` gives it out. `held` says that one is
    at hand, until `expires` (None where nobody said); `why` says what stands against it, in a
    sentence, and is empty also where none was needed yet.
    """

    server: str
    title: str
    way: Literal["refresh", "exchange", "enterprise", "own", "header", "mesh", "none"]
    audience: str
    scopes: list[str]
    issuer: str
    held: bool
    expires: float | None
    why: str


class Tool(TypedDict):
    """One tool: `name` is its public name, `tool` the server's own; `verdict` what a call meets."""

    name: str
    server: str
    tool: str
    title: str
    description: str
    risk: str
    verdict: Literal["allow", "ask", "deny"]
    reason: str
    rule: str
    inputSchema: dict[str, Any]


class Window(TypedDict):
    """One session of the hub. `host` is what the client calls itself."""

    id: str
    role: Literal["mcp", "lsp", "cli"]
    host: str
    workspace: str | None
    pid: int
    paired: bool


class Hub(TypedDict):
    """The process that answers. `standalone` is one that serves a single connection."""

    version: str
    pid: int
    started: float
    standalone: bool
    sessions: list[Window]


class Registry(TypedDict):
    """Where the list of servers comes from; `fetched` is None before the first answer."""

    url: str
    fetched: float | None
    fault: FaultReport | None


class Status(TypedDict):
    """Everything an editor's status bar needs. `summary` is one paragraph for a person."""

    summary: str
    user: User | None
    hub: Hub
    registry: Registry | None
    servers: list[Server]
    pending: int
    offline: Offline | None
    problems: list[FaultReport]
