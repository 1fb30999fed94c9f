"""URIs of resources between many servers: verbatim, but for those that two servers list.

Where two servers list the same URI, or one lists a URI that looks like ours, each appears as
`portico+SERVER+URI`: still a URI, told apart at sight, and led back without a table, so that a URI
made from such a template finds its server too. *Each* of them is renamed, because a URI that meant
one server yesterday must not silently mean another today.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "portico+"

_EXPRESSION = re.compile(r"\{([+#./;?&]?)[^{}]*\}")
_SIMPLE = "simple"
_UNFIT = frozenset("/?#")


def public_uri(server: str, own: str) -> str:
    """The URI under which a resource of `server` appears where its own would be ambiguous."""
    return f"{PREFIX}{server}+{own}"


def split(uri: str) -> tuple[str, str] | None:
    """The server and its own URI in a public one; None for a URI that is a server's own."""
    if not uri.startswith(PREFIX):
        return None
    server, plus, own = uri[len(PREFIX) :].partition("+")
    return (server, own) if plus and server and own else None


def made_from(template: str, uri: str) -> bool:
    """Whether `uri` may be an expansion of an RFC 6570 template; a guess, good enough for routing.

    A simple expression stands for part of one path segment, every other one for anything. Each
    literal is taken where it comes first, which needs no way back: a regular expression made from
    a server's template could be made to run for hours.
    """
    at, open_for = 0, ""
    for literal, operator in _parts(template):
        found = uri.find(literal, at) if open_for else (at if uri.startswith(literal, at) else -1)
        if operator is None and open_for:
            found = len(uri) - len(literal) if uri.endswith(literal) else -1
        if found < at or (open_for == _SIMPLE and not _UNFIT.isdisjoint(uri[at:found])):
            return False
        at = found + len(literal)
        open_for = operator or ""
    return at == len(uri)


def _parts(template: str) -> Iterator[tuple[str, str | None]]:
    """Each literal and the kind of expression behind it; None behind the last."""
    end = 0
    for found in _EXPRESSION.finditer(template):
        yield template[end : found.start()], found[1] or _SIMPLE
        end = found.end()
    yield template[end:], None
