"""A sign-in by a code that the person types on a page anywhere: the device grant.

For a person whose browser cannot come back to this machine. Source: RFC 8628; many companies block
it, because a code can be sent to somebody else, so it is never tried before a page.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auth.authorization import SignInFailed
from auth.discovery import IssuerMisconfigured, check_address, json_object
from auth.fault import Fault, Who
from auth.network import Unreachable
from auth.secret import Secret
from auth.sign_in import PageNotOpened, accepted
from auth.token_endpoint import GrantGone, IssuerUnwell, post, seconds_in, spend, told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from auth.client import Client
    from auth.credential import Credential
    from auth.discovery import Issuer
    from auth.network import Answer
    from auth.reach import ShowCode

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
OK = 200
INTERVAL = 5.0
"""Seconds between two questions where the issuer names none (RFC 8628 §3.2)."""
SHORTEST_INTERVAL = 1.0
"""An issuer that names none at all would have itself asked without a pause."""
LONGEST_INTERVAL = 60.0
LIFETIME = 600.0
"""Seconds a code lives where the issuer does not say."""
LONGEST_LIFETIME = 1800.0
LONGEST_CODE = 40


class DeviceRefused(Fault):
    """The issuer does not let people sign in by a code here."""

    reference = "device-sign-in-refused"
    who = Who.COMPANY
    remedy = "Run `portico login --paste` meanwhile, or ask your platform team to allow the grant."


class CodeExpired(SignInFailed):
    """Nobody entered the code while it was good."""

    reference = "sign-in-code-expired"


@dataclass(frozen=True, slots=True)
class UserCode:
    """What the person does: open `page` anywhere, and type `code` there.

    Attributes:
        complete: The page with the code filled in, or None.
        lifetime: How long the code is good, in seconds.
    """

    code: str
    page: str
    complete: str | None
    lifetime: float


@dataclass(frozen=True, slots=True)
class Begun:
    """An answer of the device authorization endpoint (RFC 8628 §3.2)."""

    device_code: Secret
    shown: UserCode
    interval: float


class DeviceSignIn:
    """One sign-in by a code.

    Args:
        client: What the company registered.
        issuer: Where to sign in.
        clock: Seconds since 1970.
        pause: Waits between two questions to the issuer.
    """

    def __init__(
        self,
        client: Client,
        issuer: Issuer,
        clock: Callable[[], float],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._issuer = issuer
        self._clock = clock
        self._pause = pause

    async def run(self, show_code: ShowCode, tell: Callable[[str], None]) -> Credential:
        """Get a code, have it shown, and wait until it was entered, or as long as it is good.

        Raises:
            DeviceRefused: The issuer offers no code, or not to this client.
            PageNotOpened: `show_code` said no.
            SignInFailed: The person declined, or the code was not entered in time.
            Fault: The issuer could not be reached, refused, or said who it is in a wrong way.
        """
        begun = await self._begin()
        tell(f"Waiting for you to enter the code {begun.shown.code}")
        showing = asyncio.ensure_future(show_code(begun.shown))
        polling = asyncio.ensure_future(self._poll(begun))
        try:
            await asyncio.wait({showing, polling}, return_when=asyncio.FIRST_COMPLETED)
            if not polling.done() and not showing.result():
                msg = "The code to sign in with could not be shown."
                raise PageNotOpened(msg)
            credential = await polling
            tell("Signed in")
            return credential
        finally:
            showing.cancel()
            polling.cancel()
            await asyncio.gather(showing, polling, return_exceptions=True)

    async def _begin(self) -> Begun:
        url = (await self._issuer.provider()).device
        if url is None:
            msg = f"The issuer {self._issuer.url} offers no sign-in by a code."
            raise DeviceRefused(msg)
        client = self._client
        form: list[tuple[str, str | Secret]] = [
            ("client_id", client.client_id),
            *client.sign_in_parameters(),
        ]
        return read_begun(await post(self._issuer.network, url, form), url, self._issuer.url)

    async def _poll(self, begun: Begun) -> Credential:
        provider, client = await self._issuer.provider(), self._client
        form: list[tuple[str, str | Secret]] = [
            ("grant_type", GRANT),
            ("client_id", client.client_id),
            ("device_code", begun.device_code),
            *(asked for audience in client.audiences[:1] for asked in client.asking(audience)),
        ]
        interval, ends = begun.interval, self._clock() + begun.shown.lifetime
        while True:
            await self._pause(interval)
            try:
                tokens = await spend(self._issuer.network, provider.token, form)
            except Fault as fault:
                interval = following(fault, interval)
            else:
                return await accepted(tokens, self._issuer, client, None, self._clock())
            if self._clock() >= ends:
                raise CodeExpired(f"Nobody entered the code within {begun.shown.lifetime:.0f} s.")


def following(fault: Fault, interval: float) -> float:
    """Seconds until the issuer is asked again, after it answered with `fault` (RFC 8628 §3.5).

    Raises:
        SignInFailed: The person said no, or the code is too old.
        Fault: Asking again would not help.
    """
    error = fault.data.get("error")
    if error == "authorization_pending":
        return interval
    if error == "slow_down":
        return min(interval + 5.0, LONGEST_INTERVAL)
    if isinstance(fault, Unreachable | IssuerUnwell):
        return min(interval * 2, LONGEST_INTERVAL)
    if error == "expired_token" or isinstance(fault, GrantGone):
        raise CodeExpired("The code to sign in with was not entered in time.") from fault
    if error == "access_denied":
        raise SignInFailed("The issuer did not sign you in (access_denied).") from fault
    raise fault


def read_begun(answer: Answer, url: str, issuer: str) -> Begun:
    """A code to show, from what the device authorization endpoint at `url` answered.

    Raises:
        DeviceRefused: It refuses.
        IssuerUnwell: The issuer is in trouble.
        IssuerMisconfigured: What it sent cannot be used.
    """
    found = json_object(answer) or {}
    error = found.get("error")
    if answer.status >= 500 or answer.status == 429:  # noqa: PLR2004 - HTTP's own numbers.
        msg = f"The device authorization endpoint {url} answered with HTTP {answer.status}."
        raise IssuerUnwell(msg)
    if answer.status != OK or error is not None:
        said = told(str(error or f"HTTP {answer.status}"), found.get("error_description"))
        msg = f"The device authorization endpoint {url} gave no code to sign in with ({said})."
        raise DeviceRefused(msg)
    code, device_code = _word(found, "user_code"), found.get("device_code")
    page = found.get("verification_uri", found.get("verification_url"))
    if not code or not isinstance(device_code, str) or not device_code or not isinstance(page, str):
        msg = (
            f"The device authorization endpoint {url} answered without `user_code`, "
            "`device_code` or `verification_uri`."
        )
        raise IssuerMisconfigured(msg)
    check_address(page, issuer, "verification_uri")
    complete = found.get("verification_uri_complete")
    if isinstance(complete, str):
        check_address(complete, issuer, "verification_uri_complete")
    return Begun(
        Secret(device_code),
        UserCode(
            code,
            page,
            complete if isinstance(complete, str) else None,
            max(1.0, seconds_in(found.get("expires_in"), LIFETIME, LONGEST_LIFETIME)),
        ),
        max(SHORTEST_INTERVAL, seconds_in(found.get("interval"), INTERVAL, LONGEST_INTERVAL)),
    )


def _word(found: Mapping[str, object], name: str) -> str:
    """What people are to type: printable, and no longer than a person would."""
    value = found.get(name)
    sound = isinstance(value, str) and value.isprintable() and len(value) <= LONGEST_CODE
    return value.strip() if sound and isinstance(value, str) else ""
