"""What the sign-in page is asked, and what its answer says; pure.

Source: RFC 6749 §4.1, RFC 7636 §4.2, RFC 8707, RFC 9207, OpenID Connect Core 1.0 §3.1.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from auth.fault import Fault, Who
from auth.token_endpoint import told

if TYPE_CHECKING:
    from auth.client import Client
    from auth.discovery import Provider


class SignInFailed(Fault):
    """The person did not come back from the issuer with an answer that can be used."""

    reference = "sign-in-failed"
    who = Who.PERSON
    remedy = "Sign in again: run `portico login`, or use your editor's sign-in."


def challenge(verifier: str) -> str:
    """The S256 code challenge of `verifier` (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def page_address(
    provider: Provider,
    client: Client,
    *,
    redirect_uri: str,
    state: str,
    nonce: str,
    challenge: str,
) -> str:
    """The address of the sign-in page. It asks for every audience at once (RFC 8707)."""
    query = [
        ("response_type", "code"),
        ("client_id", client.client_id),
        ("redirect_uri", redirect_uri),
        ("state", state),
        ("nonce", nonce),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
        *client.sign_in_parameters(),
    ]
    if "offline_access" in client.scopes:
        # OpenID Connect Core §11: without consent the issuer ignores the wish for offline access.
        query.append(("prompt", "consent"))
    joint = "&" if "?" in provider.authorization else "?"
    return f"{provider.authorization}{joint}{urlencode(query, quote_via=quote)}"


def read_answer(answer: dict[str, str], issuer: str, provider: Provider) -> str:
    """The code in an answer whose state was right.

    Raises:
        SignInFailed: Another issuer answered (RFC 9207 §2.4), or this one said no.
    """
    named = answer.get("iss")
    if named != issuer and (named is not None or provider.names_itself):
        msg = "The answer to the sign-in came from another issuer."
        raise SignInFailed(msg)
    error = answer.get("error")
    if error is not None:
        msg = f"The issuer did not sign you in ({told(error, answer.get('error_description'))})."
        raise SignInFailed(msg)
    code = answer.get("code")
    if not code:
        msg = "The answer to the sign-in holds no code."
        raise SignInFailed(msg)
    return code
