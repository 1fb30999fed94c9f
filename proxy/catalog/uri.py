"""URIs of resources between many servers: verbatim, but for those that two servers list.

Where two servers list the same URI, or one lists a URI that looks like ours, each appears as
`portico+SERVER+URI`: still a URI, told apart at sight, and led back without a table, so that a URI
made from such a template finds its server too. *Each* of them is renamed, because a URI that meant
one server yesterday must not silently mean another today.
"""

from __future__ import annotations

import re

PREFIX = "portico+"

_EXPRESSION = re.compile(r"\{([+#./;?&]?)[^{}]*\}")
_SIMPLE = r"[^/?#]*"


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
    """Whether `uri` may be an expansion of an RFC 6570 template; a generous guess, for routing.

    A simple expression stands for part of one path segment, every other one for anything.
    """
    pattern, end = "", 0
    for found in _EXPRESSION.finditer(template):
        pattern += re.escape(template[end : found.start()])
        pattern += _SIMPLE if not found[1] else ".*"
        end = found.end()
    pattern += re.escape(template[end:])
    return re.fullmatch(pattern, uri, re.DOTALL) is not None
