"""The issuer's token endpoint: spending codes and refresh tokens, and ending the latter.

Source: RFC 6749 §2.3.1, §4.1.3, §5 and §6, RFC 7009, RFC 8693 §2.2, RFC 8707. Issuers differ in the
small: lifetimes come as strings, errors with an empty body. What is unclear is read in the way that
costs the person least.
"""

from __future__ import annotations

import base64
import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlencode

from auth.discovery import json_object
from auth.fault import Fault, Who
from auth.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auth.network import Answer, Network

logger = logging.getLogger(__name__)

OK = 200
BAD_REQUEST = 400
UNAUTHORIZED = 401
FORBIDDEN = 403
DEFAULT_LIFETIME = 300.0
LONGEST_LIFETIME = 86400.0
_ACCESS = "urn:ietf:params:oauth:token-type:access_token"


class IssuerRefused(Fault):
    """The issuer will not give a token, and trying again will not change that."""

    reference = "issuer-refused"
    who = Who.COMPANY
    remedy = "Show your platform team this message; Portico's registration may be incomplete."


class IssuerUnwell(Fault):
    """The issuer answered, but not with an answer: it is down, overloaded or misrouted."""

    reference = "issuer-unwell"
    who = Who.NOBODY
    remedy = "Portico tries again by itself; you stay signed in."


class GrantGone(IssuerRefused):
    """The code or refresh token is spent, revoked or too old (`invalid_grant`)."""

    reference = "grant-gone"
    who = Who.PERSON
    remedy = "Sign in again: run `portico login`, or use your editor's sign-in."


@dataclass(frozen=True, slots=True)
class Tokens:
    """One answer of the token endpoint.

    Attributes:
        access: The access token.
        lifetime: How long it lives, in seconds.
        refresh: The next refresh token, or None if the old one stays.
        id_token: Who signed in, as a signed JWT, or None.
    """

    access: Secret
    lifetime: float
    refresh: Secret | None
    id_token: Secret | None


async def spend(
    network: Network,
    url: str,
    form: Sequence[tuple[str, str | Secret]],
    *,
    client: tuple[str, Secret] | None = None,
    issued: str = "",
) -> Tokens:
    """Send `form` to the token endpoint at `url`.

    Args:
        network: How to get there.
        url: The endpoint.
        form: What is asked.
        client: Id and secret of a client that has one.
        issued: The type of token that an exchange has asked for (RFC 8693 §3).

    Raises:
        GrantGone: What was sent is no longer worth anything.
        IssuerRefused: The issuer refuses for another reason.
        IssuerUnwell: The answer is none.
        Unreachable: Nobody answered; the issuer may or may not have spent what was sent.
    """
    answer = await post(network, url, form, client=client)
    if answer.status == OK:
        return _tokens(answer, url, issued)
    secrets = [value.reveal() for _, value in form if isinstance(value, Secret)]
    raise _refusal(answer, url, [*secrets, *([client[1].reveal()] if client else [])])


async def revoke(network: Network, url: str, client_id: str, token: Secret) -> bool:
    """Ask the issuer to end a refresh token; whether it agreed.

    Raises:
        Unreachable: Nobody answered.
    """
    form: list[tuple[str, str | Secret]] = [
        ("token", token),
        ("token_type_hint", "refresh_token"),
        ("client_id", client_id),
    ]
    answer = await post(network, url, form, patience=5.0)
    return answer.status == OK


async def post(
    network: Network,
    url: str,
    form: Sequence[tuple[str, str | Secret]],
    patience: float = 10.0,
    client: tuple[str, Secret] | None = None,
) -> Answer:
    """Send `form` to an endpoint of the issuer; its whole answer within `patience` seconds.

    Raises:
        Unreachable: Nobody answered.
    """
    pairs = [(k, v.reveal() if isinstance(v, Secret) else v) for k, v in form]
    return await network.request(
        "POST",
        url,
        headers={
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
            **({"authorization": _basic(*client)} if client else {}),
        },
        content=urlencode(pairs, quote_via=quote_plus).encode(),
        timeout=patience,
        limit=1024 * 1024,
    )


def _basic(client_id: str, secret: Secret) -> str:
    pair = f"{quote_plus(client_id)}:{quote_plus(secret.reveal())}"
    return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"


def _tokens(answer: Answer, url: str, issued: str) -> Tokens:
    found = json_object(answer)
    if found is None:
        # A proxy or a captive portal in between answers 200 with a page of its own.
        msg = f"The token endpoint {url} answered with something that is no JSON object."
        raise IssuerUnwell(msg)
    kind = found.get("token_type", "Bearer")
    access = _secret(found, "access_token")
    if issued in {"", _ACCESS}:
        sound = isinstance(kind, str) and kind.lower() == "bearer"
    else:
        # What is no access token is of no kind of it (RFC 8693 §2.2.1).
        sound = found.get("issued_token_type") == issued
    if access is None or not sound:
        kind = "another token than it was asked for" if issued else "without a bearer token"
        msg = f"The token endpoint {url} answered {kind} in `access_token`."
        raise IssuerRefused(msg)
    return Tokens(
        access=access,
        lifetime=lifetime(found.get("expires_in")),
        refresh=_secret(found, "refresh_token"),
        id_token=_secret(found, "id_token"),
    )


def _secret(found: dict[str, object], name: str) -> Secret | None:
    value = found.get(name)
    # A token travels in a header, so one with a line break or a space is not a token.
    if isinstance(value, str) and value.isascii() and value.isprintable() and " " not in value:
        return Secret(value) if value else None
    return None


def lifetime(value: object) -> float:
    """Seconds in an `expires_in` that may be a number or a string; five minutes if neither."""
    return seconds_in(value, DEFAULT_LIFETIME, LONGEST_LIFETIME)


def seconds_in(value: object, default: float, longest: float) -> float:
    """Seconds in what should be a number and may be a string; `default` if neither, bounded."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) else default
    except (ValueError, OverflowError):
        seconds = default
    if math.isnan(seconds) or isinstance(value, bool):
        seconds = default
    return min(max(seconds, 0.0), longest)


def _refusal(answer: Answer, url: str, sent: list[str]) -> Fault:
    there = f"The token endpoint {url}"
    found = json_object(answer) or {}
    code = found.get("error")
    if answer.status not in {BAD_REQUEST, UNAUTHORIZED, FORBIDDEN} or (
        not isinstance(code, str) and answer.body.strip()
    ):
        msg = f"{there} answered with HTTP {answer.status} and neither a token nor an OAuth error."
        return IssuerUnwell(msg)
    if not isinstance(code, str):
        # Some issuers refuse a spent token with an empty 400 and nothing else.
        gone = answer.status == BAD_REQUEST
        code = "invalid_grant" if gone else "no reason"
    data = {"error": told(code, None, sent)}
    if code in {"temporarily_unavailable", "server_error", "slow_down"}:
        return IssuerUnwell(f"{there} is busy ({code}).", data=data)
    said = told(code, found.get("error_description"), sent)
    if code == "invalid_grant":
        return GrantGone(f"{there} no longer accepts this sign-in ({said}).", data=data)
    return IssuerRefused(f"{there} gave no token ({said}).", data=data)


def told(code: str, description: object, secrets: Sequence[str] = ()) -> str:
    """What an issuer says about an error, on one line, bounded, and without any of `secrets`."""
    text = f"{code}: {description}" if isinstance(description, str) and description else code
    text = " ".join("".join(c if c.isprintable() else " " for c in text[:400]).split())
    if any(secret and secret[:16] in text for secret in secrets):
        return "it quoted a secret"
    return text[:200]
