"""Where a URL points, read so strictly that two parsers cannot disagree about it.

A token goes only to origins that the company's configuration names, so the question "which origin
is this?" has one answer, and a URL on which parsers might differ (user info, backslash, control
characters, non-ASCII host) has none.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_ALLOWED = re.compile(r"[!#$&-;=?-\[\]_a-z~%]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_LOOPBACK = re.compile(r"localhost|::1|127(?:\.(?:1?\d?\d|2[0-4]\d|25[0-5])){3}", re.ASCII)
_IPV6 = re.compile(r"[0-9a-f:.]+")
_DEFAULT_PORTS = {"https": 443, "http": 80}


class BadAddress(ValueError):  # noqa: N818 - it names what the URL is.
    """A URL that Portico does not use; its text says why, as the end of a sentence."""


def origin(url: str) -> str:
    """The origin of `url` (RFC 6454): `scheme://host` or `scheme://host:port`, in lower case.

    The default port is left out. Only `https` has an origin, and `http` on loopback.

    Raises:
        BadAddress: The URL is not one that Portico connects to.
    """
    if not _ALLOWED.fullmatch(url):
        msg = "is not a URL in plain ASCII"
        raise BadAddress(msg)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as bad:
        msg = "is not a URL"
        raise BadAddress(msg) from bad
    host = (parts.hostname or "").rstrip(".")
    if "@" in parts.netloc:
        msg = "must not hold a user name or password"
        raise BadAddress(msg)
    if not (_HOST.fullmatch(host) or (":" in host and _IPV6.fullmatch(host))) or port == 0:
        msg = "names no host that Portico understands"
        raise BadAddress(msg)
    if parts.scheme not in _DEFAULT_PORTS or (parts.scheme == "http" and not is_loopback(host)):
        msg = "must start with https:// (http:// is for this machine only)"
        raise BadAddress(msg)
    shown = f"[{host}]" if ":" in host else host
    standard = port is None or port == _DEFAULT_PORTS[parts.scheme]
    return f"{parts.scheme}://{shown}" if standard else f"{parts.scheme}://{shown}:{port}"


def endpoint(url: str) -> str:
    """The origin and path of `url`, in the one spelling under which two URLs are the same server.

    Raises:
        BadAddress: See `origin`; also a fragment, or `.` and `..` in the path.
    """
    where = origin(url)
    parts = urlsplit(url)
    path = unquote(parts.path)
    if "#" in url:
        msg = "must not have a fragment"
        raise BadAddress(msg)
    if {".", ".."} & set(path.split("/")):
        msg = "must not have dots as a part of its path"
        raise BadAddress(msg)
    return where + re.sub(r"/+", "/", path).rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether `host` (without brackets or port) can only be this machine."""
    return _LOOPBACK.fullmatch(host) is not None
