"""The upstreams that one catalog has met, each made at its first use."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from auth.fault import Fault
from proxy.catalog.own_server import told
from proxy.catalog.pace import Pace
from proxy.upstream.fault import UpstreamSlow

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from proxy.policy.offering import Offering
    from proxy.upstream.face import Face

_CLOSING_SECONDS = 2.0


class Connected:
    """Upstreams by the short name of their server.

    Args:
        connect: Makes the upstream of an offering.
    """

    def __init__(self, connect: Callable[[Offering], Face]) -> None:
        self._connect = connect
        self._met: dict[str, Face] = {}
        self._paces: dict[str, Pace] = {}
        self._chores: set[asyncio.Task[None]] = set()
        self._level = ""

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._met))

    def find(self, server: str) -> Face | None:
        """The upstream of a server, if it was met."""
        return self._met.get(server)

    def meet(self, offering: Offering, changed: Callable[[], Coroutine[Any, Any, None]]) -> Face:
        """The upstream of an offering; `changed` is run when its tools are other ones."""
        found = self._met.get(offering.server)
        if found is None:
            found = self._met[offering.server] = self._connect(offering)
            pace = self._paces[offering.server] = Pace(changed)
            found.on_list_changed = pace.ask
            if self._level:
                found.set_level(self._level)
        return found

    def set_level(self, level: str) -> None:
        """Tell every upstream, and each that is still to come, which log messages are wanted."""
        self._level = level
        for upstream in self._met.values():
            upstream.set_level(level)

    def drop(self, server: str) -> None:
        """Close the upstream of a server, in the background."""
        upstream = self._met.pop(server, None)
        if upstream is not None:
            self._paces.pop(server).end()
            self._do(upstream.aclose())

    async def settled(self) -> None:
        """Wait, not for long, for what goes on in the background."""
        if self._chores:
            await asyncio.wait(self._chores, timeout=_CLOSING_SECONDS)

    def _do(self, chore: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)


def address(offering: Offering) -> tuple[object, ...]:
    """What makes another upstream of an offering, should it change."""
    headers = tuple(sorted(offering.headers.items()))
    known_as = offering.way, offering.audience, offering.scopes, offering.registration, headers
    return offering.url, offering.auth, *known_as, offering.standing


async def tools_of(upstream: Face, offering: Offering, seconds: float) -> list[dict[str, Any]]:
    """The tools of a server, verbatim.

    Raises:
        Fault: It could not be asked, or did not answer within `seconds`.
    """
    try:
        async with asyncio.timeout(seconds):
            return await upstream.list_tools()
    except Fault as fault:
        raise told(fault, offering) from fault
    except TimeoutError:
        msg = f"{offering.server} did not send its list of tools within {seconds:g} seconds."
        raise UpstreamSlow(msg) from None
