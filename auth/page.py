"""The pages that a person's browser shows on loopback: at the end of a sign-in, and for approvals.

They load nothing, run nothing and may not be framed; the one style sheet is allowed by its hash,
and a form may go to the one origin that the page names.
"""

from __future__ import annotations

import base64
import hashlib
import html
from dataclasses import dataclass
from http import HTTPStatus

STYLE = """
:root { color-scheme: light dark; --ink: #1b2230; --soft: #5a6475; --line: #dfe4ec; --card: #fff;
  --back: #f3f5f9; --code: #f3f5f9; --yes: #1f5fd0; --alarm: #b3261e; --warn: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf4; --soft: #9aa6b8; --line: #313a4b;
  --card: #1a2130; --back: #10151f; --code: #10151f; --yes: #8ab4ff; --alarm: #ff8a80;
  --warn: #ffcf70; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 2rem 1rem 4rem; color: var(--ink);
  background: var(--back); }
main { max-width: 46rem; margin: 0 auto; }
h1 { font-size: 1.5rem; font-weight: 650; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; font-weight: 650; margin: 2rem 0 .25rem; }
p { margin: 0 0 .75rem; color: var(--soft); }
article { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 1rem 1.25rem; margin: .75rem 0; overflow-wrap: anywhere; }
article h3 { font-size: 1.05rem; font-weight: 650; margin: 0 0 .5rem; }
.note { border-left: 4px solid var(--yes); } .alarm { border-left: 4px solid var(--alarm); }
.risk { color: var(--alarm); text-transform: uppercase; letter-spacing: .04em; font-size: .85rem; }
.warn { color: var(--warn); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--code); margin: 0;
  border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; max-height: 24rem;
  overflow: auto; font: .85rem/1.5 ui-monospace, monospace; }
form { margin: 0; } .row { display: flex; gap: .75rem; flex-wrap: wrap; margin-top: .9rem; }
label { display: flex; gap: .6rem; align-items: baseline; }
button { font: inherit; font-weight: 600; padding: .45rem 1.1rem; cursor: pointer;
  border-radius: 8px; border: 1px solid var(--line); background: transparent; color: var(--ink); }
button.no { border-color: var(--ink); } button.yes { color: var(--yes); }
button:focus-visible, input:focus-visible { outline: 3px solid var(--yes); outline-offset: 2px; }
code { font: 1.05em ui-monospace, monospace; letter-spacing: .06em; }
footer { color: var(--soft); font-size: .85rem; margin-top: 2rem; }
"""


@dataclass(frozen=True, slots=True)
class Content:
    """What stands below the heading of a page.

    Attributes:
        html: Markup whose every text is escaped already.
        target: The one origin that its forms may go to; empty where it has none.
    """

    html: str
    target: str = ""


def document(title: str, text: str, content: Content | None = None) -> bytes:
    """A whole page; `title` and `text` are escaped here."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{html.escape(title)}</h1><p>{html.escape(text)}</p>"
        f"{content.html if content else ''}</main></body></html>"
    ).encode()


def headers(content: Content | None = None) -> tuple[tuple[str, str], ...]:
    """What a browser must be told about such a page."""
    target = content.target if content and content.target else "'none'"
    style = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action {target}; "
        f"frame-ancestors 'none'; style-src 'sha256-{style}'"
    )
    return (
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", policy),
        ("cache-control", "no-store"),
        # The address holds a code, which must not travel on to anywhere. A form needs its Origin
        # said, and only its origin.
        ("referrer-policy", "strict-origin" if content and content.target else "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        # Nobody who opened this page in a window of theirs keeps a hand on it.
        ("cross-origin-opener-policy", "same-origin"),
    )


def render(status: int, title: str, text: str, content: Content | None = None) -> bytes:
    """A whole HTTP/1.1 answer with one page."""
    body = document(title, text, content)
    fields = (*headers(content), ("content-length", str(len(body))), ("connection", "close"))
    head = "".join(f"{name.title()}: {value}\r\n" for name, value in fields)
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{head}\r\n".encode("ascii") + body
