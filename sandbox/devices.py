"""Sign-ins by a code that is typed on a page of another device (RFC 8628).

A program gets a *device code*, which it keeps, and a *user code*, which it shows. Whoever types the
latter on the provider's page and says who they are has signed the program in, wherever it runs.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.authorization import SCOPES, Authorization, Client, Refused, single

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sandbox.people import Person

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
LIFETIME = 600.0
"""Seconds a code may be typed."""
INTERVAL = 1.0
"""Seconds between two questions of the program."""

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Without vowels, so that no code is a word (RFC 8628 6.1)."""
_MOST = 1000


@dataclass(slots=True)
class Device:
    """One program that waits for its person.

    Attributes:
        person: Who typed the code, or None so far.
        declined: Whether they said no.
        asked_at: Unix seconds of the program's last question.
    """

    code: str
    user_code: str
    authorization: Authorization
    until: float
    person: Person | None = None
    declined: bool = False
    asked_at: float = 0.0


class Devices:
    """Every program that waits.

    Args:
        clock: Unix seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._waiting: dict[str, Device] = {}

    def begin(self, authorization: Authorization) -> Device:
        """Codes for a program that asked for them."""
        while len(self._waiting) >= _MOST:
            del self._waiting[next(iter(self._waiting))]
        letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
        device = Device(
            secrets.token_urlsafe(32),
            f"{letters[:4]}-{letters[4:]}",
            authorization,
            self._clock() + LIFETIME,
        )
        self._waiting[device.code] = device
        return device

    def typed(self, user_code: str) -> Device | None:
        """The program whose code was typed, in letters of any case and with any strokes."""
        wanted = _letters(user_code)
        now = self._clock()
        return next(
            (
                device
                for device in self._waiting.values()
                if _letters(device.user_code) == wanted and now <= device.until
            ),
            None,
        )

    def redeem(self, code: str) -> tuple[Authorization, Person]:
        """Who signed a program in, once.

        Raises:
            Refused: Nobody has yet, they declined, it is too late, or it asks too often.
        """
        device = self._waiting.get(code)
        now = self._clock()
        if device is None:
            raise Refused("invalid_grant", "The device code is unknown or was used.")
        if now > device.until:
            del self._waiting[code]
            raise Refused("expired_token", "The code was not typed in time.")
        if device.declined:
            del self._waiting[code]
            raise Refused("access_denied", "The person declined.")
        if device.person is None:
            hasty = now - device.asked_at < INTERVAL / 2
            device.asked_at = now
            error = "slow_down" if hasty else "authorization_pending"
            raise Refused(error, "Nobody has typed the code yet.")
        del self._waiting[code]
        return device.authorization, device.person


def read_device(
    parameters: Sequence[tuple[str, str]], *, client: Client, audiences: Collection[str]
) -> Authorization:
    """What a program that asks for codes wants to do.

    Raises:
        Refused: It is not the registered client, or asks for what there is not.
    """
    given = single(parameters)
    if given.get("client_id") != client.client_id:
        raise Refused("invalid_client", "No public client has this client_id.")
    asked = given.get("scope", "").split()
    if "openid" not in asked:
        raise Refused("invalid_scope", "Ask for openid.")
    resources = tuple(dict.fromkeys(value for name, value in parameters if name == "resource"))
    if not all(resource in audiences for resource in resources):
        raise Refused("invalid_target", "A resource is not one of this company's.")
    scopes = tuple(scope for scope in SCOPES if scope in asked)
    return Authorization(
        client.client_id, "", scopes, resources or tuple(audiences)[:1], "", "", ""
    )


def _letters(code: str) -> str:
    return "".join(filter(str.isalnum, code)).upper()[:32]
