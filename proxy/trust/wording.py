"""Orders to a model that no honest description of a tool needs to give.

A description may tell a model how to use its own tool, and often does so in strong words. What it
has no business with is the user's trust, other servers, secrets, and pictures from somewhere. The
patterns are few and narrow: a tool in quarantine that is honest costs more trust than it saves.
They stop what is known, not what is clever; that is what pins, prompts and policy are for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from proxy.trust.flag import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEAR = r"[^.!?]{0,40}?\b"
_TOLD = r"(?:tell|mention|inform|notif|reveal|alert|disclos)\w{0,5}\b"
_MODAL = r"(?:must|should|may|need|does|do|will|can)"
_ELDER = r"(?:previous|prior|earlier|above|preceding|other|your|system)"
_RULES = r"(?:instruction|prompt|guideline|directive)s?\b"
_USING = r"(?:us\w+ |call\w* |runn?\w* |invok\w+ |mak\w+ )"
_ANY_TOOL = r"(?:any|every|each)(?: single)?(?: other)?(?: mcp)? tools?\b"
_EVERY = r"(?:any|every|all|each)"
_USER = r"(?:user|human|person|operator|customer)s?\b"
_SENT = r"(?:send|include|pass|attach|upload|append|forward|paste|exfiltrate|leak)\w{0,3}\b"
_TAKEN = (
    rf"(?:{_SENT}|(?:read|open|load|cat|copy|provide|add|put|fetch|collect|extract)\w{{0,3}}\b)"
)
_KEYS = (
    r"(?:~?/?\.ssh\b|\bid_(?:rsa|ed25519|ecdsa)\b|\.aws/credentials|\.netrc\b|/etc/(?:passwd|shadow)"
    r"|\.git-credentials|\.kube/config|\bclaude_desktop_config|\bmcp\.json\b|\bkeychain\b)"
)
_TALK = (
    r"(?:\.env\b|\b(?:conversation|chat) history\b|\byour (?:\w+ )?system prompt\b"
    r"|\b(?:full|entire|whole|complete) (?:conversation|chat)\b"
    r"|\b(?:arguments|results?|outputs?|contents?) of (?:any|every|all|the) other tools?\b)"
)

_KNOWING = ("know", "see", "notice", "be told")

_ORDERS: tuple[tuple[Flag, tuple[str, ...], str], ...] = (
    (
        Flag.SECRECY,
        ("tell", "mention", "inform", "notif", "reveal", "alert", "disclos"),
        rf"\b(?:do not|don't|never|without|must not|should not)\b{_NEAR}{_TOLD}{_NEAR}{_USER}",
    ),
    (
        Flag.SECRECY,
        ("from the ",),
        rf"\b(?:hid(?:e|den)|conceal(?:ed)?|keep|kept)\b{_NEAR}from the {_USER}",
    ),
    (
        Flag.SECRECY,
        tuple(f"{no} {verb}" for no in ("not", "n't") for verb in _KNOWING),
        rf"\b{_USER} {_MODAL}(?: not|n't) (?:{'|'.join(_KNOWING)})",
    ),
    (
        Flag.SECRECY,
        ("silently", "secretly", "covertly"),
        rf"\b(?:silently|secretly|covertly) (?:\w+ )?(?:call|run|execute|{_SENT}|{_TAKEN})",
    ),
    (
        Flag.OVERRULE,
        ("ignore", "disregard", "forget", "override", "bypass"),
        rf"\b(?:ignore|disregard|forget|override|bypass)\b{_NEAR}{_ELDER}\b{_NEAR}{_RULES}",
    ),
    (Flag.OVERRULE, ("<",), r"<\s*/?\s*(?:important|system|secret|hidden|admin|override)\s*>"),
    (Flag.OVERRULE, ("system prompt",), r"\b(?:new|updated|real|actual) system prompt\b"),
    (
        Flag.PRECEDENCE,
        ("before ",),
        rf"\bbefore (?:you )?{_USING}?{_ANY_TOOL}(?! (?:of|in|from|on|provided by) th)",
    ),
    (
        Flag.PRECEDENCE,
        ("other server", "other mcp server"),
        rf"\b(?:before|instead of|whenever|always|must)\b{_NEAR}{_EVERY} other (?:mcp )?server",
    ),
    (
        Flag.SECRETS,
        (".ssh", "id_", ".aws", ".netrc", "/etc/", ".git-", ".kube", "claude_", "mcp.", "keychain"),
        rf"\b{_TAKEN}[^!?]{{0,60}}?{_KEYS}",
    ),
    (
        Flag.SECRETS,
        (".env", "history", "system prompt", "conversation", "chat", "other tool"),
        rf"\b{_SENT}[^!?]{{0,60}}?{_TALK}",
    ),
    (Flag.LINK, ("![",), r"!\[[^\]]{0,200}\]\(\s*<?\s*(?:https?:)?//"),
    (Flag.LINK, ("<img",), r"<img\b[^>]{0,200}\bsrc\b"),
    (Flag.SCRIPT, ("script:",), r"(?:^|[\s(\"'=<])(?:javascript|vbscript):(?=\S)"),
    (Flag.SCRIPT, ("data:text/html",), r"data:text/html[;,]"),
)
"""Flag, what a text must hold for the pattern to be worth its time, and the pattern."""

_COMPILED = tuple((flag, needles, re.compile(pattern)) for flag, needles, pattern in _ORDERS)

_LINK = re.compile(r"\[([^\]]{1,200})\]\(\s*<?\s*(https?://[^\s)>]{1,2000})", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:[/:?#]\S*)?", re.IGNORECASE)
_FILES = frozenset(
    {"md", "py", "js", "ts", "sh", "rs", "json", "txt", "html", "toml", "yaml", "go"}
)
_SIGN_IN = re.compile(
    r"\b(?:sign|log)[- ]?(?:in|on)\b|\blogin\b|\bre-?authenticate\b|\bpassword\b", re.IGNORECASE
)

_SENTENCES = re.compile(r"[.!?\n]+\s")
_TRIGGER = re.compile(
    r"\b(?:before|after|instead|always|first|must|never|whenever|do not|don't|every|rather)\b"
)
_COMPOUND = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)+\b")
_MOST_NAMES = 64


def orders(folded: str) -> Iterator[tuple[Flag, str]]:
    """Each flag that the words of a text raise, with those words.

    Args:
        folded: The text as `hidden.unhidden` leaves it.
    """
    for flag, needles, pattern in _COMPILED:
        if any(needle in folded for needle in needles):
            found = pattern.search(folded)
            if found is not None:
                yield flag, found[0].strip()
    for text, url in _LINK.findall(folded) if "](" in folded else ():
        if _misleads(text, url):
            yield Flag.LINK, f"{text} ({url})"


def names_ordered_about(text: str) -> tuple[str, ...]:
    """Names like those of tools in sentences that give orders, sorted; whose they are is open."""
    named: set[str] = set()
    if "_" in text or "-" in text:
        for sentence in _SENTENCES.split(text):
            names = _COMPOUND.findall(sentence)
            if names and _TRIGGER.search(sentence.casefold()):
                named.update(names)
    return tuple(sorted(named)[:_MOST_NAMES])


def _misleads(text: str, url: str) -> bool:
    """Whether a link says one thing and does another."""
    if _SIGN_IN.search(text):
        return True
    shown = _HOST.fullmatch(text.strip())
    if shown is None or shown[1].rpartition(".")[2].lower() in _FILES:
        return False
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return True
    said = shown[1].lower()
    return host != said and not host.endswith(f".{said}")
