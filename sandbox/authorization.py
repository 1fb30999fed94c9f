"""Reading an authorization request: what a client may ask of the provider's sign-in page.

Pure: parameters in, an `Authorization` or a `Refused` out. Rules of RFC 6749 4.1.1, RFC 7636
(PKCE, S256 only), RFC 8252 7.3 (loopback redirect, any port), RFC 8707 (`resource`) and OpenID
Connect Core 3.1.2.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SCOPES = ("openid", "profile", "email", "groups", "offline_access")
"""Every scope the provider knows; others are dropped from what is granted."""

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Client:
    """The one registered client: public, native, redirected to a loopback port of its choice."""

    client_id: str
    title: str
    redirect_path: str = "/callback"

    def owns(self, redirect: str) -> bool:
        """Whether `redirect` is this client's: `http://127.0.0.1:ANY` and the registered path."""
        try:
            parts = urlsplit(redirect)
            named_port = parts.port is not None
        except ValueError:
            return False
        return named_port and redirect == f"http://127.0.0.1:{parts.port}{self.redirect_path}"


@dataclass(frozen=True, slots=True)
class Authorization:
    """What one sign-in asks for.

    Attributes:
        audiences: The resources that access tokens may be asked for; the first is the default.
        challenge: PKCE challenge, base64url of SHA-256 of the verifier.
    """

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    audiences: tuple[str, ...]
    challenge: str
    nonce: str
    state: str


class Refused(Exception):  # noqa: N818 - OAuth's own word for it is "refused", not "error".
    """An OAuth error.

    Args:
        error: Code of RFC 6749 or one of its extensions, for example `invalid_grant`.
        description: One sentence for the developer of the client.
        back_to: Redirect URI that may be told, or "" when the request's own cannot be trusted.
        state: The client's `state`, to be sent back with it.
    """

    def __init__(self, error: str, description: str, *, back_to: str = "", state: str = "") -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.back_to = back_to
        self.state = state


def single(parameters: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The parameters by name.

    Raises:
        Refused: One other than `resource` occurs twice, which RFC 6749 3.1 forbids.
    """
    found: dict[str, str] = {}
    for name, value in parameters:
        if name == "resource":
            continue
        if name in found:
            raise Refused("invalid_request", f"The parameter {name!r} occurs twice.")
        found[name] = value
    return found


def read(
    parameters: Sequence[tuple[str, str]], *, client: Client, audiences: Collection[str]
) -> Authorization:
    """Read one authorization request.

    Raises:
        Refused: With `back_to` when the client may be told by redirect, without when only the
            person at the browser may.
    """
    given = single(parameters)
    redirect = given.get("redirect_uri", "")
    if given.get("client_id") != client.client_id:
        raise Refused("invalid_client", "No client is registered under this client_id.")
    if not client.owns(redirect):
        raise Refused("invalid_request", "redirect_uri is not this client's loopback address.")
    state = given.get("state", "")
    resources = tuple(dict.fromkeys(value for name, value in parameters if name == "resource"))
    wrong = _wrong(given, resources, audiences)
    if wrong is not None:
        raise Refused(*wrong, back_to=redirect, state=state)
    asked = given["scope"].split()
    return Authorization(
        client_id=client.client_id,
        redirect_uri=redirect,
        scopes=tuple(scope for scope in SCOPES if scope in asked),
        audiences=resources or tuple(audiences)[:1],
        challenge=given["code_challenge"],
        nonce=given.get("nonce", ""),
        state=state,
    )


def _wrong(
    given: dict[str, str], resources: tuple[str, ...], audiences: Collection[str]
) -> tuple[str, str] | None:
    """What is wrong with a request whose redirect can be trusted: error code and sentence."""
    checks = (
        (given.get("response_type") == "code", "unsupported_response_type", "Ask for a code."),
        (given.get("response_mode", "query") == "query", "invalid_request", "Only query answers."),
        ("request" not in given, "request_not_supported", "Send plain parameters."),
        ("request_uri" not in given, "request_uri_not_supported", "Send plain parameters."),
        (
            given.get("code_challenge_method") == "S256"
            and _CHALLENGE.fullmatch(given.get("code_challenge", "")) is not None,
            "invalid_request",
            "PKCE with S256 is required.",
        ),
        ("openid" in given.get("scope", "").split(), "invalid_scope", "Ask for openid."),
        (
            all(resource in audiences for resource in resources),
            "invalid_target",
            "A resource is not one of this company's.",
        ),
    )
    return next(((error, why) for holds, error, why in checks if not holds), None)
