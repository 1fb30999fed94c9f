"""Two set-ups side by side, and one for whoever sees it first: each line with what it means."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from proxy.plain import exact, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from proxy.setup.document import Setup

MEANING: Final[Mapping[str, str]] = {
    "company.name": "what your company calls itself",
    "company.issuer": "where you sign in",
    "company.client_id": "what that place knows Portico as",
    "company.redirect_port": "the one port at which a sign-in comes back",
    "company.scopes": "what Portico asks for when you sign in",
    "company.groups_claim": "where your groups stand in the sign-in",
    "company.registry": "which servers there are, and what is asked before their tools run",
    "company.registry_audience": "whom the registry's token is for",
    "company.audience": "whom a server's token is for",
    "company.audiences": "whom else tokens may be for",
    "company.audience_by": "how that place is told whom a token is for",
    "company.audience_parameter": "in which parameter it is told",
    "company.scope_audiences": "whom else tokens may be for, told as a scope",
    "company.parameter_audiences": "whom else tokens may be for, told in the parameter",
    "company.exchange_subject": "what is shown there where a token is exchanged",
    "company.governance_key": "which part of the registry holds the rules",
    "company.token_origins": "the only addresses that ever see your tokens",
    "company.unreviewed": "whether you may add servers of your own",
    "company.servers": "what holds for servers that the registry has no rules for",
    "policy": "a rule of your company, above the registry's and yours",
    "network": "the way to your company",
    "network.ca": "whose certificates are believed, beside this machine's own",
    "setup.contact": "whom you ask",
    "setup.keys": "keys that may sign the next set-up",
    "setup.allow_unencrypted_tokens_on_disk": "whether tokens may lie unsealed on a disk",
}
"""What a key means for the person who reads it; the longest beginning counts."""

_UNSHOWN = {"setup.serial"}
_LONG = 300


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a set-up says, or that differs between two.

    Attributes:
        key: Its dotted key.
        meaning: What it means, as a few words; empty where nobody wrote it down.
        before: What it was, safe to show; None where it was not there.
        now: What it is; None where it is not there any more.
    """

    key: str
    meaning: str
    before: str | None
    now: str | None


def contents(setup: Setup) -> list[Item]:
    """Everything that a set-up says, in the order of the document."""
    return [Item(key, _meaning(key), None, _shown(value)) for key, value in _flat(setup.tables)]


def difference(before: Setup, now: Setup) -> list[Item]:
    """What differs; each element of an array of texts is a thing of its own."""
    old, new = dict(_flat(before.tables)), dict(_flat(now.tables))
    found: list[Item] = []
    for key in dict.fromkeys((*old, *new)):
        was, now_is = old.get(key), new.get(key)
        if was == now_is and (key in old) == (key in new):
            continue
        if _is_texts(was) and _is_texts(now_is):
            found += [Item(key, _meaning(key), _shown(one), None) for one in _less(was, now_is)]
            found += [Item(key, _meaning(key), None, _shown(one)) for one in _less(now_is, was)]
            if set(was) != set(now_is):
                continue
        found.append(
            Item(
                key,
                _meaning(key),
                _shown(was) if key in old else None,
                _shown(now_is) if key in new else None,
            )
        )
    return found


def _less(some: list[str], others: list[str]) -> list[str]:
    return [one for one in some if one not in others]


def _is_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _flat(tables: Mapping[str, Any], *above: str) -> Iterator[tuple[str, Any]]:
    for name, value in tables.items():
        key = ".".join((*above, name))
        if isinstance(value, dict) and not key.startswith("policy.rules."):
            yield from _flat(value, *above, name)
        elif key not in _UNSHOWN:
            # A rule is read as a whole: one of its keys alone says nothing.
            yield key, value


def _meaning(key: str) -> str:
    parts = key.split(".")
    for length in range(len(parts), 0, -1):
        if (said := MEANING.get(".".join(parts[:length]))) is not None:
            return said
    return ""


def _shown(value: object) -> str:
    if isinstance(value, str):
        return _certificates(value) or plain(exact(value), _LONG)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(plain(exact(one), _LONG) for one in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(json.dumps(value, default=str, sort_keys=True), _LONG)


def _certificates(value: str) -> str:
    """Certificates by what tells two apart: nobody compares PEM by eye."""
    if "-----BEGIN CERTIFICATE-----" not in value:
        return ""
    import hashlib
    import ssl

    found = []
    for part in value.split("-----END CERTIFICATE-----")[:-1]:
        der = ssl.PEM_cert_to_DER_cert(f"{part.strip()}\n-----END CERTIFICATE-----\n")
        found.append(f"SHA-256 {hashlib.sha256(der).hexdigest()}")
    return ", ".join(found)
