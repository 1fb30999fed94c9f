"""Offline: nothing beyond this computer is reached, by a person's word or because nothing answers.

A person's word is a file of the home, so that it holds for every window and outlives the hub: who
boards a plane says it once. It is looked at as often as the company's policy, so coming back needs
no restart. That nothing answers is no word of anybody's: it follows from what the servers and the
registry did last, and ends by itself.

Offline unlocks nothing. What needs a group is not called, because nobody can confirm the group; the
company's token is not given to anybody; and `Network.admit` refuses every other address.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from auth.fault import Who
from auth.network import Offline, Unreachable, on_loopback
from proxy.plain import plain
from proxy.registry.fault import RegistryUnreachable
from proxy.upstream.fault import UpstreamUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from auth.fault import Fault
    from auth.network import Network
    from proxy.policy.offering import Offering

By = Literal["person", "network"]

_WITNESSES = 2
"""How many must all be silent before the network, and not a server, is what is missing."""


class NothingAnswers(Unreachable):
    """The network is away: neither the registry nor any server beyond this computer answers."""

    reference = "nothing-answers"
    who = Who.NOBODY
    remedy = (
        "Check the network or VPN. Portico looks again by itself, and began to just now: call "
        "again in a moment. Servers on this computer work meanwhile."
    )


class Switch:
    """A person's word that Portico is offline, for one home.

    Args:
        path: The file that says so while it is there.
        network: What is confined meanwhile.
        issuer: The company's issuer; empty without a company.
    """

    def __init__(self, path: str, network: Network, issuer: str) -> None:
        self._path = Path(path)
        self._network = network
        self._issuer = issuer
        self._seen: int | None = None
        self.since: float | None = None
        """Unix seconds since when, or None while Portico is not offline by a person's word."""

    def look(self) -> bool:
        """Take what the file says now; whether that is another word than before."""
        try:
            found = os.stat(self._path)  # noqa: PTH116 - looked at for each call and each list.
        except OSError:
            found = None
        stamp = found.st_mtime_ns if found is not None else None
        if stamp == self._seen:
            return False
        was, self._seen = self.since, stamp
        self.since = found.st_mtime if found is not None else None
        self._network.confined = found is not None
        return (was is None) != (self.since is None)

    def turn(self, *, offline: bool) -> None:
        """Say that Portico is offline, or no longer.

        Raises:
            OSError: The home cannot be written.
        """
        if offline:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(mode=0o600, exist_ok=True)
        else:
            with contextlib.suppress(FileNotFoundError):
                self._path.unlink()

    @property
    def unconfirmed(self) -> bool:
        """Whether nobody can confirm now in which groups the user is."""
        return self.since is not None and bool(self._issuer) and not on_loopback(self._issuer)


def beyond(offering: Offering) -> bool:
    """Whether a server is beyond this computer."""
    return offering.program is None and not on_loopback(offering.url)


def silent(answers: Iterable[tuple[str, Fault | None]]) -> bool:
    """Whether nothing beyond this computer answers.

    Args:
        answers: Whoever was asked, by name, and how that failed; None where it did not.
    """
    known = dict(answers)
    return len(known) >= _WITNESSES and all(
        isinstance(fault, Unreachable | UpstreamUnreachable | RegistryUnreachable)
        for fault in known.values()
    )


class Horizon:
    """Which servers can be reached now, and why not.

    Args:
        switch: The person's word.
        failed: Whether the last attempt with the server of this short name failed.
        silent: Whether nothing beyond this computer answers.
        look_again: Has everything tried anew, now.
    """

    def __init__(
        self,
        switch: Switch,
        *,
        failed: Callable[[str], bool],
        silent: Callable[[], bool],
        look_again: Callable[[], None],
    ) -> None:
        self._switch = switch
        self._failed = failed
        self._silent = silent
        self._look_again = look_again

    @property
    def unconfirmed(self) -> bool:
        """See `Switch.unconfirmed`."""
        return self._switch.unconfirmed

    @property
    def offline(self) -> By | None:
        """By whose word Portico is offline; None while it is not."""
        if self._switch.since is not None:
            return "person"
        return "network" if self._silent() else None

    def check(self, offering: Offering) -> None:
        """Check that a server can be reached.

        Raises:
            Offline: It cannot, by a person's word.
            NothingAnswers: It cannot, because nothing does.
        """
        if not beyond(offering):
            return
        title = plain(offering.title, 80)
        if self._switch.since is not None:
            msg = f"{title} is beyond this computer, and Portico is offline, so nothing was sent."
            raise Offline(msg)
        if self._failed(offering.server) and self._silent():
            self._look_again()
            msg = f"Nothing beyond this computer answers, {title} as little as all others."
            raise NothingAnswers(msg)


def unconfirmed(offering: Offering) -> Offline:
    """The refusal of what needs a group that nobody can confirm."""
    msg = (
        f"{plain(offering.title, 80)} is for certain groups, and offline nobody can confirm that "
        "you are in one of them."
    )
    return Offline(msg)
