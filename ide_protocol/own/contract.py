"""Portico's own methods: one contract for every editor, the command line and the docs.

Each method is a JSON-RPC request named `portico/…`. An editor sends it inside its LSP connection;
the command line sends it as lines. Both reach `ide_protocol.own.methods`, so they cannot differ in
what they answer. All times are Unix seconds, all durations seconds, all texts safe to show.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

STATUS = "portico/status"
SERVERS = "portico/servers"
TOOLS = "portico/tools"
GRANTS = "portico/grants"
SIGN_IN = "portico/signIn"
SIGN_IN_ANSWER = "portico/signInAnswer"
SIGN_OUT = "portico/signOut"
CALL = "portico/call"
APPROVALS = "portico/approvals"
ANSWER = "portico/answer"
LEASES = "portico/leases"
REVOKE = "portico/revoke"
PAIR = "portico/pair"
PAGE = "portico/page"
ACTIVITY = "portico/activity"
STATS = "portico/stats"
WHY = "portico/why"
DOCTOR = "portico/doctor"
DOCTOR_AUTH = "portico/doctorAuth"
PINS = "portico/pins"
PIN_DIFFERENCE = "portico/pinDifference"
ACCEPT_PIN = "portico/acceptPin"
PIN_BLOCK = "portico/pinBlock"
EXPLAIN = "portico/explain"
DRAFT = "portico/draft"
REVIEW = "portico/review"
DOCUMENT = "portico/document"
RATE = "portico/rate"
SECRETS = "portico/secrets"
KEEP_SECRET = "portico/keepSecret"  # noqa: S105 - the name of a method
FORGET_SECRET = "portico/forgetSecret"  # noqa: S105
OFFLINE = "portico/offline"
TAKE_OVER = "portico/takeOver"
STOP = "portico/stop"

APPROVE = "portico/approve"
"""From the hub to an editor: `{"questions": [Question]}`, answered `{"answers": [Reply]}`.

Only an editor gets it that declared `experimental.portico.approvals` in its capabilities. What it
leaves out is no answer, and so a no.
"""
CHANGED = "portico/changed"
"""From the hub to an editor, a notification: what it asked for is another by now.

`{"what": "servers" | "approvals"}`, for an editor that declared `experimental.portico.changes`.
"""
CALLBACK = "portico/callback"
"""From the hub to an editor: where does the person's browser find this address of the hub's?

`{"url": …}` is on the hub's machine, and so is the answer's `url` on the browser's: the same where
the two are one machine, `http://127.0.0.1:PORT/callback` where the editor forwards that port.
Anything else says that it cannot. For an editor that declared `experimental.portico.callback`.
"""
OPEN_PAGE = "portico/openPage"
"""From the hub to a terminal: show this page; `{"url": …}`, answered `{"success": bool}`.

`why` stands beside the url when it is not the company's sign-in, and says whose it is. With
`paste`, the person pastes the address at which the page ended, which the answer brings as
`address`; none is brought where nobody can type. `wrong` says what was wrong with the one before.
"""
SHOW_CODE = "portico/showCode"
"""From the hub to a terminal: show a `UserCode`; answered `{"success": bool}` at once."""
ASK = "portico/ask"
"""From the hub to a terminal: a `Question`, answered `{"answer": "yes" | "no" | "nobody"}`.

`nobody` says that no person sees this terminal.
"""
PROGRESS = "portico/progress"
"""From the hub to a terminal, a notification: `{"message": …}` while something is under way."""

FAULT = -32050
"""JSON-RPC error code of every fault; `error.data` is a `FaultReport`."""


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


class Pin(TypedDict):
    """How one tool stands, or a server's instructions, whose `tool` is empty.

    `by` is whose word trusts it: `first use`, `the company`, `you`, or nobody's yet. `state` is
    `blocked` while it is in quarantine, for `reason`; `acceptable` says whether you may lift that.
    """

    server: str
    tool: str
    state: Literal["trusted", "blocked"]
    by: str
    since: float | None
    digest: str
    reason: str
    says: str
    acceptable: bool


class Record(TypedDict):
    """One line of the audit. `event` is what happened, `outcome` how an exchange ended."""

    id: int
    at: float
    event: str
    exchange: str
    user: str
    host: str
    server: str
    tool: str
    risk: str
    verdict: str
    rule: str
    surface: str
    outcome: str
    reference: str
    milliseconds: float | None
    waited: float | None
    minutes: float | None
    digest: str
    summary: str
    payload: str
    hash: str


class Page(TypedDict):
    """Which records: at most `limit`, numbered between `after` and `before`, of these words."""

    limit: NotRequired[int]
    after: NotRequired[int]
    before: NotRequired[int]
    since: NotRequired[float]
    until: NotRequired[float]
    server: NotRequired[str]
    tool: NotRequired[str]
    event: NotRequired[str]
    outcome: NotRequired[str]
    exchange: NotRequired[str]


class Activity(TypedDict):
    """A page of the audit, newest last; `more` says whether there are older ones of its kind."""

    records: list[Record]
    more: bool


class Spread(TypedDict):
    """Milliseconds that so many of a hundred did not exceed."""

    p50: float
    p95: float
    p99: float


class Usage(TypedDict):
    """Figures of one tool; of a whole server where `tool` is empty, of everything where both are.

    Rates are shares from 0 to 1, and None of nothing. `latency` is what servers took, `decision`
    what people did. `minutesSaved` is their owners' estimate. `series` counts calls in equal parts.
    """

    server: str
    tool: str
    calls: int
    succeeded: int
    failed: int
    denied: int
    cancelled: int
    successRate: float | None
    errorRate: float | None
    latency: Spread | None
    asked: int
    approved: int
    rejected: int
    unanswered: int
    rejectionRate: float | None
    decision: Spread | None
    minutesSaved: float
    thumbsUp: int
    thumbsDown: int
    series: list[int]


class Stats(TypedDict):
    """What the audit adds up to from `since` until `until`, the busiest first."""

    since: float
    until: float
    total: Usage
    servers: list[Usage]
    tools: list[Usage]


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


class ChainLink(TypedDict):
    """One link of the chain that a sign-in hangs on; `skipped` where one before it failed.

    `expected` says what should be so, `finding` what is; `who` acts and `remedy` says what they do,
    both empty where all is well, as is `reference`.
    """

    name: str
    expected: str
    state: Literal["ok", "warning", "failed", "skipped"]
    finding: str
    who: str
    remedy: str
    reference: str


class TakenOver(TypedDict):
    """What becomes of one server of a host's file when Portico takes it over.

    `taken` is written into portico.toml, `there` stands there already, `approved` is behind Portico
    as `server`, `portico` is its own entry, and `left` stays where it is for `reason`. `toml` is
    what is written; `secrets` are the names of those that are kept sealed, `missing` of those that
    a person has to keep yet.
    """

    name: str
    fate: Literal["taken", "there", "approved", "portico", "left"]
    server: str
    reason: str
    toml: str
    secrets: list[str]
    missing: list[str]


class Check(TypedDict):
    """One finding of the doctor; `remedy` is empty when all is well."""

    name: str
    state: Literal["ok", "warning", "failed"]
    finding: str
    remedy: str


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


class Way(TypedDict):
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


class Rating(TypedDict):
    """What a person thinks of one result; `record` is any record of its call in the audit."""

    record: int
    thumb: Literal["up", "down"]
    note: NotRequired[str]


Keys = dict[str, Any]
"""Shapes that have no name of their own: key -> type."""

METHODS: dict[str, tuple[type | Keys, type | Keys]] = {
    STATUS: ({}, Status),
    SERVERS: ({}, {"servers": list[Server]}),
    TOOLS: ({"server": NotRequired[str]}, {"tools": list[Tool]}),
    GRANTS: ({}, {"grants": list[Grant]}),
    # With a server, the sign-in is that server's own, and there is no user of the company's.
    SIGN_IN: (
        {
            "server": NotRequired[str],
            "flow": NotRequired[Literal["best", "page", "device", "paste"]],
        },
        {"user": NotRequired[User]},
    ),
    # The address at which a browser stopped that could not come back by itself.
    SIGN_IN_ANSWER: ({"url": str}, {}),
    SIGN_OUT: ({"server": NotRequired[str]}, {}),
    # The result is the MCP `CallToolResult`, verbatim.
    CALL: ({"server": str, "tool": str, "arguments": NotRequired[dict[str, Any]]}, dict[str, Any]),
    APPROVALS: ({}, {"approvals": list[Question]}),
    ANSWER: (Reply, {}),
    LEASES: ({}, {"leases": list[Lease]}),
    # Those that ended.
    REVOKE: ({"id": NotRequired[str]}, {"leases": list[Lease]}),
    PAIR: ({"key": str}, {"paired": bool}),
    # The address of the approvals page.
    PAGE: ({}, {"url": str}),
    ACTIVITY: (Page, Activity),
    STATS: ({"since": NotRequired[float]}, Stats),
    WHY: ({"server": str, "tool": NotRequired[str]}, Explanation),
    DOCTOR: ({}, {"checks": list[Check]}),
    DOCTOR_AUTH: ({}, {"chain": list[ChainLink]}),
    PINS: ({"server": NotRequired[str]}, {"pins": list[Pin]}),
    PIN_DIFFERENCE: (
        {"server": str, "tool": NotRequired[str]},
        {"before": str, "after": str, "difference": list[str]},
    ),
    # The digest comes after a person's yes.
    ACCEPT_PIN: ({"server": str, "tool": NotRequired[str]}, {"digest": str}),
    PIN_BLOCK: ({"server": str}, {"pins": dict[str, Any], "leftOut": list[str]}),
    EXPLAIN: (
        {
            "server": str,
            "tool": str,
            "arguments": NotRequired[dict[str, Any]],
            "workspace": NotRequired[str],
        },
        Way,
    ),
    DRAFT: ({"server": str}, {"governance": dict[str, Any], "notes": list[str]}),
    REVIEW: ({}, Review),
    DOCUMENT: ({"uri": str}, Text),
    RATE: (Rating, {}),
    # Names alone: no method gives a secret back.
    SECRETS: ({}, {"names": list[str]}),
    KEEP_SECRET: ({"name": str, "value": str}, {}),
    FORGET_SECRET: ({"name": str}, {"forgotten": bool}),
    # Goes offline or comes back, for every window; how that stands then.
    OFFLINE: ({"offline": bool}, {"offline": NotRequired[Offline]}),
    # `text` is the file's own, `path` where its programs are looked for, as the variable has it.
    TAKE_OVER: (
        {
            "text": str,
            "names": NotRequired[list[str]],
            "path": NotRequired[str],
            "dry": NotRequired[bool],
        },
        {"file": str, "servers": list[TakenOver]},
    ),
    # The hub ends.
    STOP: ({}, {}),
}
"""What goes with each method that a client calls: its params and its result."""

ASKED: dict[str, tuple[type | Keys, type | Keys | None]] = {
    APPROVE: ({"questions": list[Question]}, {"answers": list[Reply]}),
    CHANGED: ({"what": str}, None),
}
"""What the hub asks of an editor: params and result; a notification has no result."""
