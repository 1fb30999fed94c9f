"""Where programs get codes to show, and where people type them (RFC 8628)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import login_page
from sandbox.authorization import Refused, single
from sandbox.devices import INTERVAL, LIFETIME, read_device
from sandbox.forms import UNSTORED, form, refusal, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from starlette.requests import Request

    from sandbox.authorization import Client
    from sandbox.devices import Devices
    from sandbox.grants import Grants
    from sandbox.people import Person


class DevicePages:
    """The endpoint and the page of one provider.

    Args:
        issuer: The provider's URL.
        devices: The programs that wait.
        grants: Where a request waits while a person says who they are.
        client: The one registered client.
        audiences: Every resource that tokens may be asked for.
        people: Who can sign in.
        playing: Login of whom everybody is taken for, or "".

    Attributes:
        routes: Where they are served.
    """

    def __init__(
        self,
        issuer: str,
        devices: Devices,
        grants: Grants,
        *,
        client: Client,
        audiences: Collection[str],
        people: Mapping[str, Person],
        playing: Callable[[], str],
    ) -> None:
        self._issuer = issuer
        self._devices = devices
        self._grants = grants
        self._client = client
        self._audiences = audiences
        self._people = people
        self._playing = playing
        self.routes = (
            Route("/device", self._codes, methods=["POST"]),
            Route("/enter", self._enter, methods=["GET", "POST"]),
        )

    async def _codes(self, request: Request) -> Response:
        """Codes for a program that cannot be come back to."""
        try:
            asked = read_device(await form(request), client=self._client, audiences=self._audiences)
        except Refused as no:
            return refusal(no)
        device = self._devices.begin(asked)
        page = f"{self._issuer}/enter"
        answer = {
            "device_code": device.code,
            "user_code": device.user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?{urlencode({'code': device.user_code})}",
            "expires_in": int(LIFETIME),
            "interval": int(INTERVAL),
        }
        return JSONResponse(answer, headers=UNSTORED)

    async def _enter(self, request: Request) -> Response:
        """The page on which a code is typed; it leads to the one where people say who they are."""
        try:
            given = single(await form(request)) if request.method == "POST" else {}
        except Refused as no:
            return shown(login_page.notice("This form does not work", no.description), 400)
        code = given.get("code") or request.query_params.get("code", "")
        device = self._devices.typed(code) if code else None
        if device is None:
            return shown(login_page.enter(again=bool(code)), 400 if code else 200)
        if login := self._playing():
            return self.settle(device.user_code, self._people[login])
        asked = replace(device.authorization, state=device.user_code)
        return shown(
            login_page.choose(
                self._people.values(),
                client=f"{self._client.title}, which shows the code {device.user_code},",
                scopes=asked.scopes,
                transaction=self._grants.pend(asked),
            )
        )

    def settle(self, user_code: str, person: Person | None) -> Response:
        """What a person said on the page on which they typed a code."""
        device = self._devices.typed(user_code)
        if device is None:
            return shown(login_page.enter(again=True), 400)
        device.person, device.declined = person, person is None
        if person is None:
            return shown(login_page.notice("Nobody was signed in", "You can close this window."))
        sentence = "You can close this window and go back to your other device."
        return shown(login_page.notice(f"Signed in as {person.name}", sentence))
