"""Who is at the page: round trips under way, and visits of people who came back from one.

A visit is a secret inside a page, never in an address or a cookie: cookies of loopback go to every
port there, and addresses into a browser's history. Each page that is shown has a new secret, which
serves one press of a button.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.identity import Identity
    from auth.round_trip import RoundTrip

LIFETIME = 900.0
"""Seconds that a page is good for."""

TRIP = 300.0
"""Seconds that a person has to come back from the issuer."""

MOST = 64
"""Visits, and round trips, at once; the oldest make room."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One shown page of one person.

    Attributes:
        user: Who it is, see `auth.identity.Identity.key`.
        name: What people call them.
        origin: Where the page came from, which its forms must say.
        until: Seconds of the clock.
    """

    user: str
    name: str
    origin: str
    until: float


class Visits:
    """Everybody at the page.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._visits: dict[str, Visit] = {}
        self._trips: dict[str, tuple[float, RoundTrip]] = {}

    @property
    def empty(self) -> bool:
        """Whether nobody is at the page, nor on the way to it."""
        self._tidy()
        return not self._visits and not self._trips

    def leave(self, trip: RoundTrip) -> None:
        """A browser leaves for the issuer."""
        self._tidy()
        self._trips[trip.state] = (self._clock() + TRIP, trip)
        _bound(self._trips)

    def back(self, state: str) -> RoundTrip | None:
        """The round trip whose answer came; each has one."""
        self._tidy()
        found = self._trips.pop(state, None)
        return found[1] if found else None

    def show(self, identity: Identity, origin: str) -> str:
        """The secret of a page that is about to be shown to this person."""
        return self._keep(identity.key, identity.name, origin)

    def again(self, visit: Visit, origin: str) -> str:
        """The secret of the next page of the same person."""
        return self._keep(visit.user, visit.name, origin)

    def press(self, secret: str) -> Visit | None:
        """Whose button was pressed; the page is used up by it."""
        self._tidy()
        return self._visits.pop(secret, None)

    def clear(self) -> None:
        """Everybody has to come anew."""
        self._visits.clear()
        self._trips.clear()

    def _keep(self, user: str, name: str, origin: str) -> str:
        self._tidy()
        secret = secrets.token_urlsafe(32)
        self._visits[secret] = Visit(user, name, origin, self._clock() + LIFETIME)
        _bound(self._visits)
        return secret

    def _tidy(self) -> None:
        now = self._clock()
        self._visits = {key: one for key, one in self._visits.items() if one.until > now}
        self._trips = {key: one for key, one in self._trips.items() if one[0] > now}


def _bound(kept: dict[str, Visit] | dict[str, tuple[float, RoundTrip]]) -> None:
    while len(kept) > MOST:
        del kept[next(iter(kept))]
