"""What goes on behind the windows for as long as a hub lives.

The sealed sign-in is opened, the registry is asked again and again, and the audit forgets what is
old. Nobody waits for any of it, but for a first list or call that needs what it brings.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from auth.fault import Fault
from auth.network import on_loopback
from proxy.fault import Internal
from proxy.registry import RegistryUnreachable

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from proxy.hub import Hub

log = logging.getLogger("portico.upkeep")

_HEAD_START = 0.3
"""Seconds that the first answer to an editor is given before the hub imports what it can spare."""

_FORGET_SECONDS = 86400.0
_REGISTRY_SECONDS = 300.0
_REGISTRY_RETRY = 30.0
_SETUP_SECONDS = 3600.0
_PATIENCE = 2.0
"""Seconds that what was cancelled is given to end."""


class Upkeep:
    """The background of one hub.

    Args:
        hub: What it looks after.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.settled = asyncio.Event()
        """Set once the sign-in is open and the registry was asked."""
        self._hurry = asyncio.Event()
        self._forget_next = 0.0
        self._setup_next = 0.0
        self.errands: set[asyncio.Task[None]] = set()
        """What runs now."""

    def begin(self) -> None:
        """Begin; waits for nobody."""
        self.do(self._keep())

    async def end(self) -> None:
        """Stop everything that runs."""
        for errand in list(self.errands):
            errand.cancel()
        if self.errands:
            await asyncio.wait(list(self.errands), timeout=_PATIENCE)

    def do(self, errand: Coroutine[Any, Any, None]) -> None:
        """Run something beside everything else; a mistake in it goes to the log."""
        task = asyncio.ensure_future(errand)
        self.errands.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.errands.discard(task)
        if not task.cancelled() and (wrong := task.exception()) is not None:
            log.error("the hub's upkeep ended", exc_info=wrong)

    def hurry(self) -> None:
        """Have the registry asked now, not when it is time again."""
        self._hurry.set()

    async def _keep(self) -> None:
        hub = self._hub
        try:
            async with asyncio.timeout(_HEAD_START):
                await hub.needed.wait()
        except TimeoutError:
            pass  # Nobody waits; the head start is over.
        await hub.user.open()
        await self.ask_registry()
        self.settled.set()
        self.do(hub.catalog.tend())
        while True:
            self._forget_old()
            self._look_at_setup()
            pause = _REGISTRY_RETRY if hub.registry_fault else _REGISTRY_SECONDS
            try:
                async with asyncio.timeout(pause):
                    await self._hurry.wait()
            except TimeoutError:
                pass  # It is simply time again.
            await self.ask_registry()

    def _forget_old(self) -> None:
        """Once a day, have the audit forget what is older than the configuration wants."""
        hub = self._hub
        now = hub.clock()
        if now >= self._forget_next:
            self._forget_next = now + _FORGET_SECONDS
            hub.journal.forget(now - hub.configuration.keep_seconds, now)

    def _look_at_setup(self) -> None:
        """Once an hour, see whether the company has a later set-up; nobody waits for it."""
        hub = self._hub
        online = hub.switch.since is None
        if hub.setup is not None and online and hub.clock() >= self._setup_next:
            self._setup_next = hub.clock() + _SETUP_SECONDS
            self.do(hub.setup.look(hub.network))

    async def ask_registry(self) -> None:
        """Ask the registry; its last good copy stays where it does not answer."""
        hub = self._hub
        hub.follow_policy()
        # Cleared first: whoever signs in while the registry is asked wants it asked again.
        self._hurry.clear()
        company = hub.configuration.company
        away = hub.switch.since is not None and company and not on_loopback(company.registry)
        ill = hub.setup is not None and hub.setup.fault is not None
        if hub.registry is None or company is None or hub.account is None or away or ill:
            hub.adopt()  # Reviews expire by date, also where no registry is asked.
            return
        identity = hub.account.identity
        try:
            token = None
            if identity is not None and company.registry_audience:
                token = await hub.account.grant(company.registry_audience).token()
            key = identity.key if identity else "anonymous"
            listing = await hub.registry.refresh(key, token)
        except Fault as fault:
            doubting, hub.registry_fault = hub.registry_fault is None, fault
            log.info("registry: %s", fault.reference)
            hub.adopt()
            if doubting and isinstance(fault, RegistryUnreachable):
                hub.catalog.hurry(doubting=True)  # Whether it is the registry, or the network.
            return
        except Exception:
            # The upkeep of everything else must outlive a mistake with the registry's answer.
            log.exception("the registry could not be asked")
            hub.registry_fault = Internal("Portico made a mistake with the registry's answer.")
            hub.adopt()
            return
        if hub.registry_fault is not None:
            hub.catalog.hurry()  # The network may be back.
        hub.registry_fault = None
        if identity == hub.account.identity:
            hub.adopt(listing)
