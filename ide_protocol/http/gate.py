"""Who may talk to the loopback front: decided before a message is read; pure.

A page on the web can make a browser send requests to loopback, and can make its own name resolve
to it (DNS rebinding). So the `Host` must be loopback's, and so must the `Origin`, where one is
sent. What keeps other programs of this machine out is the secret.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ide_protocol.http.request import Refusal
from proxy import wire

if TYPE_CHECKING:
    from auth.secret import Secret
    from ide_protocol.http.request import Request

PATH = "/mcp"
"""Where the front answers."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def refuse(request: Request, secret: Secret | None) -> Refusal | None:
    """Why this request is not let in; None when it is.

    Args:
        request: As it came.
        secret: What every client must send as a bearer token, or None where that is turned off.
    """
    if not _loopback(f"//{request.field('host') or ''}"):
        return Refusal(403, wire.INVALID_REQUEST, "The Host must be this machine's loopback.")
    origins = [value for name, value in request.fields if name == "origin"]
    if not all(map(_own_origin, origins)):
        return Refusal(403, wire.INVALID_REQUEST, "Pages of other origins are not served.")
    if secret is not None and not _bears(request, secret):
        return Refusal(
            401,
            wire.INVALID_REQUEST,
            "Send the secret that `portico serve` names as a bearer token.",
            fields=(("www-authenticate", 'Bearer realm="portico"'),),
        )
    if request.path != PATH:
        return Refusal(404, wire.INVALID_REQUEST, f"There is nothing here but {PATH}.")
    return None


def _loopback(address: str) -> bool:
    """Whether an authority names loopback; any port, for one may be forwarded to ours."""
    try:
        parts = urlsplit(address)
        named, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return named in _LOOPBACK and parts.username is None


def _own_origin(origin: str) -> bool:
    return origin.startswith(("http://", "https://")) and _loopback(origin)


def _bears(request: Request, secret: Secret) -> bool:
    given = request.field("authorization") or ""
    scheme, _, value = given.partition(" ")
    expected = secret.reveal().encode()
    fits = hmac.compare_digest(value.strip().encode("utf-8", "surrogateescape"), expected)
    return fits and scheme.lower() == "bearer" and request.count("authorization") == 1
