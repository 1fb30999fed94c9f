"""Who calls, as the gateway says in its headers.

The gateway validates the token, strips these headers from what the caller sent and sets them
itself; a server behind it trusts them and never sees a token. That is why a server built with this
kit must be reachable through its gateway alone.
"""

from __future__ import annotations

import base64
import binascii
import json
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.datastructures import Headers

USER_HEADER = "x-forwarded-user"
GROUPS_HEADER = "x-forwarded-groups"

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """The person or program behind one call.

    Attributes:
        user: The subject that the gateway verified, or "" when it named nobody.
        groups: The groups it vouches for; always empty for nobody.
    """

    user: str = ""
    groups: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.user or "nobody"

    @classmethod
    def from_headers(cls, headers: Headers | None) -> Caller:
        """Read the forwarded identity; anything doubtful makes the caller nobody.

        Args:
            headers: The request's headers, or None where there is no HTTP (tests in memory).
        """
        if headers is None:
            return NOBODY
        user = _only(headers.getlist(USER_HEADER)).strip()
        if not user or not _presentable(user):
            return NOBODY
        return cls(user, parse_groups(_only(headers.getlist(GROUPS_HEADER))))


NOBODY = Caller()

_current: ContextVar[Caller] = ContextVar("caller", default=NOBODY)


def current_caller() -> Caller:
    """The caller of the tool call that is running; nobody outside of one."""
    return _current.get()


@contextmanager
def calling(caller: Caller) -> Iterator[None]:
    """Let `caller` be the current one meanwhile."""
    token = _current.set(caller)
    try:
        yield
    finally:
        _current.reset(token)


def parse_groups(value: str) -> frozenset[str]:
    """The groups of a header: a comma list, or a JSON list of strings in (URL-safe) base64.

    Gateways differ: one that copies a list claim into a header sends the second form (Envoy's
    `claim_to_headers` does). A value that is no such list is read as a comma list.
    """
    names: Sequence[str] | None = None if "," in value else _encoded_list(value.strip())
    if names is None:
        names = value.split(",")
    stripped = (name.strip() for name in names)
    return frozenset(name for name in stripped if name and _presentable(name))


def _encoded_list(value: str) -> list[str] | None:
    padded = value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4)
    try:
        raw = base64.b64decode(padded.replace("-", "+").replace("_", "/"), validate=True)
        found = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        return None
    if isinstance(found, list) and all(isinstance(name, str) for name in found):
        return found
    return None


def _only(values: list[str]) -> str:
    # A header that came twice was not set by the gateway alone, so neither copy is believed.
    return values[0] if len(values) == 1 else ""


def _presentable(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and name.isprintable()
