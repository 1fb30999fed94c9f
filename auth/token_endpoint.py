"""The issuer's token endpoint: spending codes and refresh tokens, and ending the latter.

Source: RFC 6749 §4.1.3, §5 and §6, RFC 7009, RFC 8707. Issuers differ in the small: lifetimes come
as strings, errors with an empty body. What is unclear is read in the way that costs the person
least.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlencode, urlsplit

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


async def spend(network: Network, url: str, form: Sequence[tuple[str, str | Secret]]) -> Tokens:
    """Send `form` to the token endpoint at `url`.

    Raises:
        GrantGone: What was sent is no longer worth anything.
        IssuerRefused: The issuer refuses for another reason.
        IssuerUnwell: The answer is none.
        Unreachable: Nobody answered; the issuer may or may not have spent what was sent.
    """
    answer = await _post(network, url, form)
    if answer.status == OK:
        return _tokens(answer, url)
    raise _refusal(answer, url, [value.reveal() for _, value in form if isinstance(value, Secret)])


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
    answer = await _post(network, url, form, patience=5.0)
    return answer.status == OK


async def _post(
    network: Network,
    url: str,
    form: Sequence[tuple[str, str | Secret]],
    patience: float = 10.0,
) -> Answer:
    pairs = [(k, v.reveal() if isinstance(v, Secret) else v) for k, v in form]
    return await network.request(
        "POST",
        url,
        headers={
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
        },
        content=urlencode(pairs, quote_via=quote_plus).encode(),
        timeout=patience,
        limit=1024 * 1024,
    )


def _tokens(answer: Answer, url: str) -> Tokens:
    found = json_object(answer)
    host = urlsplit(url).netloc
    if found is None:
        # A proxy or a captive portal in between answers 200 with a page of its own.
        msg = f"{host} answered a request for a token with something else."
        raise IssuerUnwell(msg)
    kind = found.get("token_type", "Bearer")
    access = _secret(found, "access_token")
    if access is None or not isinstance(kind, str) or kind.lower() != "bearer":
        msg = f"{host} gave no bearer token."
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
    try:
        seconds = float(value) if isinstance(value, int | float | str) else DEFAULT_LIFETIME
    except (ValueError, OverflowError):
        seconds = DEFAULT_LIFETIME
    if math.isnan(seconds):
        seconds = DEFAULT_LIFETIME
    return min(max(seconds, 0.0), LONGEST_LIFETIME)


def _refusal(answer: Answer, url: str, sent: list[str]) -> Fault:
    host = urlsplit(url).netloc
    found = json_object(answer) or {}
    code = found.get("error")
    if answer.status not in {BAD_REQUEST, UNAUTHORIZED, FORBIDDEN} or (
        not isinstance(code, str) and answer.body.strip()
    ):
        return IssuerUnwell(f"{host} answered a request for a token with HTTP {answer.status}.")
    if not isinstance(code, str):
        # Some issuers refuse a spent token with an empty 400 and nothing else.
        gone = answer.status == BAD_REQUEST
        code = "invalid_grant" if gone else "no reason"
    if code in {"temporarily_unavailable", "server_error", "slow_down"}:
        return IssuerUnwell(f"{host} is busy ({code}).")
    said = told(code, found.get("error_description"), sent)
    if code == "invalid_grant":
        return GrantGone(f"{host} no longer accepts this sign-in ({said}).")
    return IssuerRefused(f"{host} gave no token ({said}).", data={"error": told(code, None, sent)})


def told(code: str, description: object, secrets: Sequence[str] = ()) -> str:
    """What an issuer says about an error, on one line, bounded, and without any of `secrets`."""
    text = f"{code}: {description}" if isinstance(description, str) and description else code
    text = " ".join("".join(c if c.isprintable() else " " for c in text[:400]).split())
    if any(secret and secret[:16] in text for secret in secrets):
        return "it quoted a secret"
    return text[:200]
