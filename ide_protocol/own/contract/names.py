"""The names of the methods, each `portico/…`, and what the hub sends by itself."""

from __future__ import annotations

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
