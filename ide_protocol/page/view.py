"""What the page shows, as markup: questions, and the editors that may show them.

Every text of others goes through `plain` and is escaped; nothing of it becomes a link or an image.
A form's first button says no, since that is the one that the Enter key presses.
"""

from __future__ import annotations

import contextlib
import html
import json
import time
from typing import TYPE_CHECKING

from ide_protocol.page.press import CALL, LEASE
from proxy.approval.lease import usual
from proxy.approval.prompt import affirmative, changes
from proxy.approval.reply import Answer
from proxy.approval.surface import Surface
from proxy.plain import exact, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from proxy.approval import Question, Reply
    from proxy.approval.pairing import Pairing
    from proxy.session import Session

NOT_HERE = "The rule for this tool wants the yes in a paired editor; here you can only deny it."


def questions(asked: Sequence[Question], target: str, secret: str, now: float) -> str:
    """The open questions, each with its buttons."""
    if not asked:
        return "<article>Nothing waits for your yes.</article>"
    several = len(asked) > 1
    shown = "".join(_question(one, now, several=several) for one in asked)
    ticked = (
        '<div class="row"><button class="no" name="ticked" value="no">Deny all ticked</button>'
        '<button class="yes" name="ticked" value="yes">Allow all ticked</button></div>'
    )
    return f"{_form(target, secret)}{shown}{ticked if several else ''}</form>"


def editors(
    waiting: Sequence[tuple[Session, str, bool, str]],
    kept: Sequence[Pairing],
    target: str,
    secret: str,
) -> str:
    """The editors that are not paired, and the pairings that last.

    Args:
        waiting: Each window with the program that started it, whether pairing it would last, and
            the value of its button.
        kept: What was accepted for good.
        target: Where the buttons go.
        secret: The secret of the page.
    """
    parts = []
    if waiting:
        parts.append(
            "<h2>Editors that want to ask you</h2><p>Once paired, a window may say yes in your "
            "name, also to destructive calls. Pair only what you opened yourself.</p>"
        )
        parts += [_waiting(one, target, secret) for one in waiting]
    if kept:
        parts.append("<h2>Paired for good</h2>")
        parts += [_kept(one, target, secret) for one in kept]
    return "".join(parts)


def refresh(target: str, secret: str) -> str:
    """The button that shows the page as it is now."""
    button = '<button name="look" value="1">Look again</button>'
    return f'{_form(target, secret)}<div class="row">{button}</div></form>'


def said(sentence: str, *, alarm: bool = False) -> str:
    """How what was pressed came out."""
    kind = "alarm" if alarm else "note"
    return f'<article class="{kind}" role="status">{_text(sentence, 400)}</article>'


def decided(reply: Reply, done: Sequence[str], gone: int) -> str:
    """How an answer came out that was given to some questions, of which some had ended before.

    Args:
        reply: The answer.
        done: What each question that took it is about.
        gone: How many had ended.
    """
    what = "Allowed" if reply.answer is Answer.YES else "Denied"
    calls = done[0] if len(done) == 1 else f"{len(done)} calls"
    more = ""
    if reply.lease is not None:
        more = f" So are {reply.lease.calls} more within {reply.lease.minutes} minutes."
    if reply.answer is Answer.STOP:
        more = " The tool is denied until the session ends; `portico leases` can take that back."
    late = " What had expired, or was answered elsewhere, is left as it was." if gone else ""
    return said(f"{what}: {calls}.{more}{late}", alarm=bool(gone))


def _question(asked: Question, now: float, *, several: bool) -> str:
    tool, identifier = _text(asked.tool, 128), html.escape(asked.id)
    owner = asked.owner.team or asked.owner.contact or "the registry does not say"
    if not asked.reviewed:
        owner = "you wrote it into portico.toml; not reviewed by your company"
    rows = [
        ("Server", f"{_text(asked.title, 80)} ({_text(asked.server, 64)})"),
        ("Owner", _text(owner, 120)),
        ("Asked by", _text(asked.host, 80)),
        ("Project", _text(asked.workspace or "unknown", 200)),
        ("Why", _text(asked.reason, 400)),
        *_matter(asked),
        ("Expires", f"{_left(asked.deadline - now)}; silence means no"),
    ]
    if asked.code:
        rows.append(("In a terminal", f"its code is <code>{html.escape(asked.code)}</code>"))
    what, title = str(asked.risk), f"Run “{tool}”?"
    if asked.difference is not None:
        what, title = "trust", f"Accept what “{tool}” is now?"
    tick = ""
    if several and asked.difference is None:
        tick = f'<input type="checkbox" name="{CALL}" value="{identifier}"> '
    return (
        f'<article class="alarm"><h3><label>{tick}<span><span class="risk">{_text(what, 20)}</span>'
        f" {title}</span></label></h3>{_rows(rows)}"
        f'<div class="row">{_buttons(asked, identifier)}</div>'
        "</article>"
    )


def _matter(asked: Question) -> list[tuple[str, str]]:
    """What it is about, in full: the arguments and what changed in them, or what a tool became."""
    if asked.difference is not None:
        lines = "\n".join(map(exact, asked.difference))
        return [("Changed", f"<pre>{html.escape(lines)}</pre>")]
    rows = [("Arguments", f"<pre>{html.escape(_indented(asked.arguments))}</pre>")]
    if changed := changes(asked):
        rows.append(("Since your last yes", html.escape(changed)))
    return rows


def _buttons(asked: Question, identifier: str) -> str:
    buttons = [f'<button class="no" name="no" value="{identifier}">Deny</button>']
    if asked.difference is None:
        stop = "Deny, and do not ask again"
        buttons.append(f'<button class="no" name="stop" value="{identifier}">{stop}</button>')
    if Surface.PAGE not in asked.surfaces:
        return "".join((*buttons, f'<p class="warn">{NOT_HERE}</p>'))
    yes = html.escape(affirmative(asked))
    buttons.append(f'<button class="yes" name="yes" value="{identifier}">{yes}</button>')
    if asked.lease is not None:
        wish = usual(asked.lease)
        lease = f"Allow {wish.calls} calls in {wish.minutes} minutes"
        buttons.append(f'<button class="yes" name="{LEASE}" value="{identifier}">{lease}</button>')
    return "".join(buttons)


def _waiting(waiting: tuple[Session, str, bool, str], target: str, secret: str) -> str:
    session, program, lasting, value = waiting
    kept = "for good, by its key" if lasting else "until it closes"
    rows = [
        ("Started by", f"{_text(program, 200)} (process {session.host_pid or 'unknown'})"),
        ("Project", _text(session.workspace or "unknown", 200)),
        ("Open since", html.escape(time.strftime("%H:%M:%S", time.localtime(session.since)))),
    ]
    return (
        f"<article><h3>It calls itself “{_text(session.host, 80)}”</h3>{_rows(rows)}"
        f'{_form(target, secret)}<div class="row">'
        f'<button class="no" name="decline" value="{html.escape(session.id)}">Not this one</button>'
        f'<button class="yes" name="pair" value="{html.escape(value)}">Pair it {kept}</button>'
        "</div></form></article>"
    )


def _kept(pairing: Pairing, target: str, secret: str) -> str:
    day = time.strftime("%Y-%m-%d %H:%M", time.localtime(pairing.since))
    return (
        f"<article><h3>“{_text(pairing.host, 80)}”</h3>"
        f"{_rows([('Key', f'<code>{html.escape(pairing.name)}</code>'), ('Since', day)])}"
        f'{_form(target, secret)}<div class="row">'
        f'<button class="no" name="unpair" value="{html.escape(pairing.name)}">Unpair</button>'
        "</div></form></article>"
    )


def _form(target: str, secret: str) -> str:
    # What a browser keeps of forms for the next visit must not hold the secret.
    return (
        f'<form method="post" action="{html.escape(target)}/" autocomplete="off">'
        f'<input type="hidden" name="page" value="{html.escape(secret)}">'
    )


def _indented(arguments: str) -> str:
    """The arguments in full, a line for each, with whatever nobody sees as an escape."""
    # What is not JSON is shown as it is: hiding it would hide what is approved.
    with contextlib.suppress(ValueError, RecursionError):
        arguments = json.dumps(json.loads(arguments), indent=2, ensure_ascii=False)
    return "\n".join(map(exact, arguments.split("\n")))


def _left(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"in {minutes} min" if minutes > 1 else f"in {max(round(seconds), 0)} s"


def _rows(rows: Iterable[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{shown}</dd>" for name, shown in rows) + "</dl>"


def _text(words: str, limit: int) -> str:
    return html.escape(plain(words, limit))
