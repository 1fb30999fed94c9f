"""What a governance block says of tokens: its `auth`, read with closed defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from auth.own_sign_in.registration import Registration
from auth.terms import Way
from proxy.header import may_be_added
from proxy.plain import plain
from proxy.registry.tool_rule import names

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODES = ("user-jwt", "mesh-or-user", "none", "oauth", "header", "mesh")
WITHOUT_GRANT = ("none", "oauth", "header", "mesh")
"""The modes in which a server is sent no token of the company's sign-in."""

_WAYS: Mapping[str, Way] = {way: way for way in get_args(Way)}


def auth_refusal(auth: dict[str, Any]) -> str:
    """Why a server cannot be offered for what its block says of tokens; empty when it can."""
    mode = auth.get("mode")
    if mode not in _MODES:
        return f"its auth.mode is {_text(mode) or 'missing'}, which Portico does not know"
    if mode == "oauth" and registration(auth) is None:
        return "what it says of its own sign-in cannot be read"
    if audience(auth) is None or names(auth.get("scopes", [])) is None:
        return "its auth block cannot be read"
    if mode == "header" and not header(auth):
        return "it does not say which header it wants"
    return _way_refusal(auth, mode)


def _way_refusal(auth: dict[str, Any], mode: str) -> str:
    found = way(auth)
    if found is None:
        return f"its auth.grant is {_text(auth['grant'])}, which Portico does not know"
    if "grant" in auth and mode in WITHOUT_GRANT:
        return f'its auth.grant is {found}, which auth.mode "{mode}" does not have'
    if found == "enterprise" and not ((at := registration(auth)) and at.issuer):
        return "it does not say which authorization server your company vouches for you at"
    return ""


def way(auth: dict[str, Any]) -> Way | None:
    """How a token comes about; None when that is a way which Portico does not know."""
    return _WAYS.get(str(auth.get("grant", "refresh")))


def registration(auth: dict[str, Any]) -> Registration | None:
    """What the server's own issuer knows Portico as; None where there is none, or unreadable."""
    said = [auth.get(key, "") for key in ("issuer", "clientId", "clientMetadataUrl")]
    readable = all(isinstance(one, str) and one.isprintable() and " " not in one for one in said)
    if not readable or (auth.get("mode") != "oauth" and way(auth) != "enterprise"):
        return None
    if any(one and not _safe(one) for one in (said[0], said[2])):
        return None
    return Registration(issuer=said[0], client_id=said[1], client_metadata_url=said[2])


def _safe(url: str) -> bool:
    """Whether an address may be an issuer's; on this machine it may do without TLS."""
    return url.startswith(("https://", "http://127.0.0.1:"))


def header(auth: dict[str, Any]) -> str:
    """The name of the one header that a server of mode `header` wants; empty where it says none."""
    name = auth.get("header") if auth.get("mode") == "header" else None
    return name if isinstance(name, str) and may_be_added(name) else ""


def audience(auth: dict[str, Any]) -> str | None:
    """The audience named (`resource` is its older name), "" when none is, None when unreadable."""
    value = auth.get("audience", auth.get("resource", ""))
    readable = isinstance(value, str) and value.isprintable() and " " not in value
    return value if readable else None


def _text(value: object) -> str:
    return plain(value, 120) if isinstance(value, str) else ""
