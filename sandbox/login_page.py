"""The provider's pages: self-contained HTML, no script, nothing loaded from anywhere."""

from __future__ import annotations

import html
import secrets
from typing import TYPE_CHECKING

from sandbox.people import COMPANY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.people import Person

_STYLE = """
:root { color-scheme: light dark; --ink:#1a2233; --soft:#5b6579; --line:#e1e6ef; --card:#fff;
  --back:#eef1f7; --accent:#3346d3; --hover:#f5f7ff; --chip:#eef1fb; }
@media (prefers-color-scheme: dark) { :root { --ink:#e9edf6; --soft:#98a3b8; --line:#2c3548;
  --card:#182032; --back:#0e1422; --accent:#9aa8ff; --hover:#1e2840; --chip:#263150; } }
* { box-sizing: border-box; margin: 0; }
body { min-height: 100vh; display: grid; place-items: center; padding: 24px; color: var(--ink);
  background: var(--back); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { width: 100%; max-width: 432px; background: var(--card); border: 1px solid var(--line);
  border-radius: 18px; padding: 36px 32px 28px; box-shadow: 0 18px 50px rgb(15 25 60 / .10); }
.mark { display: flex; align-items: center; gap: 10px; font-weight: 650; margin-bottom: 26px; }
.mark svg { width: 26px; height: 26px; color: var(--accent); }
h1 { font-size: 1.5rem; line-height: 1.25; letter-spacing: -.015em; font-weight: 680; }
p { color: var(--soft); margin-top: 8px; }
form { display: grid; gap: 10px; margin-top: 24px; }
button { font: inherit; color: inherit; cursor: pointer; }
.person { display: flex; align-items: center; gap: 14px; width: 100%; padding: 12px 14px;
  text-align: left; background: transparent; border: 1px solid var(--line); border-radius: 13px;
  transition: background .12s, border-color .12s; }
.person:hover, .person:focus-visible { background: var(--hover); border-color: var(--accent); }
.face { flex: none; display: grid; place-items: center; width: 42px; height: 42px; color: #fff;
  border-radius: 50%; font-size: .85rem; font-weight: 650; letter-spacing: .03em; }
.p0 { background: #4a4fd8; } .p1 { background: #0f7b6c; } .p2 { background: #b4501f; }
.who { flex: 1; min-width: 0; } .who b { display: block; font-weight: 620; line-height: 1.3; }
.who small { color: var(--soft); font-size: .85rem; }
.groups { display: flex; flex-wrap: wrap; gap: 5px; margin-top: 5px; }
.groups span { background: var(--chip); border-radius: 6px; padding: 1px 7px; font-size: .75rem; }
.arrow { color: var(--soft); font-size: 1.2rem; }
.cancel { justify-self: center; border: 0; background: none; color: var(--soft);
  padding: 6px 12px; margin-top: 4px; border-radius: 8px; font-size: .9rem; }
.cancel:hover, .cancel:focus-visible { color: var(--ink); text-decoration: underline; }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.code { font: 600 1.4rem/1.4 ui-monospace, monospace; letter-spacing: .12em; padding: 10px 14px;
  text-transform: uppercase; color: inherit; background: transparent; width: 100%;
  border: 1px solid var(--line); border-radius: 13px; }
footer { border-top: 1px solid var(--line); margin-top: 22px; padding-top: 16px;
  color: var(--soft); font-size: .82rem; }
"""

_MARK = (
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" '
    'aria-hidden="true"><path d="M4 21V10a8 8 0 0 1 16 0v11M2 21h20M9 21v-8a3 3 0 0 1 6 0v8"/>'
    "</svg>"
)

_ALLOWED = {
    "groups": "see your groups",
    "offline_access": "stay signed in until you sign out",
}


class Page:
    """One page: `body` and the `headers` that belong to it."""

    __slots__ = ("body", "headers")

    def __init__(self, title: str, content: str) -> None:
        nonce = secrets.token_urlsafe(12)
        self.body = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<title>{html.escape(title)}</title><style nonce="{nonce}">{_STYLE}</style></head>'
            f'<body><main><div class="mark">{_MARK}{COMPANY}</div>{content}'
            "<footer>This is a sandbox on your own computer. Nobody here is real, and no password "
            "is needed.</footer></main></body></html>"
        )
        # Browsers apply form-action to the redirect that follows the form, too, so the client's
        # loopback listener must be in it.
        policy = (
            f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; "
            "form-action 'self' http://127.0.0.1:*; frame-ancestors 'none'"
        )
        self.headers = {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }


def choose(
    people: Iterable[Person], *, client: str, scopes: Iterable[str], transaction: str
) -> Page:
    """The sign-in page: one button per person, and one to leave."""
    allowed = ", ".join(["know who you are", *(_ALLOWED[s] for s in scopes if s in _ALLOWED)])
    buttons = "".join(_button(number, person) for number, person in enumerate(people))
    return Page(
        f"Sign in · {COMPANY}",
        f"<h1>Who are you today?</h1><p>{html.escape(client)} on this computer wants to "
        f'{allowed}.</p><form method="post" action="/choose">'
        f'<input type="hidden" name="transaction" value="{html.escape(transaction)}">{buttons}'
        '<button class="cancel" name="user" value="">Cancel and go back</button></form>',
    )


def enter(*, again: bool) -> Page:
    """The page on which a code is typed; `again` after one that is not known."""
    wrong = "<p>That code is not known, or too old.</p>" if again else ""
    return Page(
        f"Sign in a device · {COMPANY}",
        f"<h1>Which code does your device show?</h1>{wrong}"
        '<form method="post" action="/enter">'
        '<input class="code" name="code" aria-label="Code" autocomplete="off" autofocus required>'
        '<button class="person"><span class="who"><b>Continue</b></span>'
        '<span class="arrow" aria-hidden="true">→</span></button></form>',
    )


def _button(number: int, person: Person) -> str:
    groups = "".join(f"<span>{html.escape(group)}</span>" for group in person.groups)
    return (
        f'<button class="person" name="user" value="{html.escape(person.login)}">'
        f'<span class="face p{number % 3}" aria-hidden="true">{html.escape(person.initials)}</span>'
        f'<span class="who"><b>{html.escape(person.name)}</b>'
        f"<small>{html.escape(person.role)}</small>"
        f'<span class="groups">{groups}</span></span>'
        '<span class="arrow" aria-hidden="true">→</span></button>'
    )


def notice(title: str, sentence: str) -> Page:
    """A page that says one thing."""
    return Page(
        f"{title} · {COMPANY}", f"<h1>{html.escape(title)}</h1><p>{html.escape(sentence)}</p>"
    )
