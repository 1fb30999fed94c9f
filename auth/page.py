"""The page that the browser shows when the person comes back from the issuer.

It loads nothing, runs nothing and may not be framed; the one style sheet is allowed by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import html
from http import HTTPStatus

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-items: center;
  min-height: 90vh; margin: 0; }
main { max-width: 32rem; padding: 2rem; text-align: center; }
h1 { font-size: 1.4rem; font-weight: 600; }
p { opacity: .8; }
"""

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)


def render(status: int, title: str, text: str) -> bytes:
    """A whole HTTP/1.1 answer with one small page; `title` and `text` are escaped here."""
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{html.escape(title)}</h1><p>{html.escape(text)}</p></main></body></html>"
    ).encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"Content-Security-Policy: {POLICY}\r\n"
        "Cache-Control: no-store\r\n"
        # The address holds the code; it must not travel on to anywhere.
        "Referrer-Policy: no-referrer\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
