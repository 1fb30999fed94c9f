"""What is trusted, what is blocked, and how a person lifts it: the methods about pins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ide_protocol.own import contract
from proxy.plain import plain
from proxy.policy.offering import Standing
from proxy.trust.digest import of_all, pinned
from proxy.trust.fault import NotQuarantined
from proxy.trust.pin import INSTRUCTIONS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from proxy.hub import Hub
    from proxy.policy.offering import Offering
    from proxy.session import Session

Params = dict[str, Any]


class PinMethods:
    """The methods for one session.

    Args:
        hub: What answers.
        session: Who asks.
    """

    def __init__(self, hub: Hub, session: Session) -> None:
        self._hub = hub
        self._session = session
        self.table: dict[str, Callable[[Params], Awaitable[Any]]] = {
            contract.PINS: self.pins,
            contract.PIN_DIFFERENCE: self.difference,
            contract.ACCEPT_PIN: self.accept,
            contract.PIN_BLOCK: self.block,
        }

    async def pins(self, params: Params) -> dict[str, list[contract.Pin]]:
        """See `contract.PINS`."""
        await self._hub.listed()
        wanted = params.get("server")
        return {
            "pins": [
                pin
                for server, offering in sorted(self._hub.catalog.offerings.items())
                if offering.standing is Standing.OFFERED and wanted in {None, server}
                for pin in self._of(offering)
            ]
        }

    async def difference(self, params: Params) -> dict[str, Any]:
        """See `contract.PIN_DIFFERENCE`."""
        await self._hub.listed()
        case = self._hub.acceptance.case(*_named(params))
        return {
            "before": definition_text(case.before),
            "after": definition_text(case.now),
            "difference": case.difference,
        }

    async def accept(self, params: Params) -> dict[str, str]:
        """See `contract.ACCEPT_PIN`."""
        await self._hub.listed()
        case = await self._hub.acceptance.accept(self._session, *_named(params))
        return {"digest": case.digest}

    async def block(self, params: Params) -> dict[str, Any]:
        """See `contract.PIN_BLOCK`."""
        await self._hub.listed()
        server, _ = _named(params)
        pins = [pin for pin in (await self.pins({"server": server}))["pins"] if pin["digest"]]
        if not pins:
            raise NotQuarantined(f"Nothing of {plain(server, 40)} is pinned.")
        good = {pin["tool"]: pin["digest"] for pin in pins if pin["state"] == "trusted"}
        bad = sorted(pin["tool"] for pin in pins if pin["state"] == "blocked")
        instructions = good.pop(INSTRUCTIONS, "")
        block: dict[str, Any] = {"tools": good}
        if instructions:
            block["instructions"] = instructions
        if not bad:
            block["toolsDigest"] = of_all(good)
        return {"pins": block, "leftOut": bad}

    def _of(self, offering: Offering) -> Iterator[contract.Pin]:
        catalog = self._hub.catalog
        pins, ill = catalog.keeper.pins(offering), catalog.quarantined(offering.server)
        digests = catalog.digests(offering.server)
        for tool in sorted({*digests, *ill}):
            why, pin = ill.get(tool), pins.get(tool)
            if tool == INSTRUCTIONS:
                why = next((w for w in ill.values() if w.reason == "instructions"), None)
            yield {
                "server": offering.server,
                "tool": plain(tool, 128),
                "state": "blocked" if why else "trusted",
                "by": pin.by.value if pin else "",
                "since": pin.at if pin else None,
                "digest": digests.get(tool, ""),
                "reason": why.reason.value if why else "",
                "says": plain(why.says, 600) if why else "",
                "acceptable": why.can_be_accepted if why else False,
            }


def _named(params: Params) -> tuple[str, str]:
    server, tool = params.get("server"), params.get("tool", "")
    if not isinstance(server, str) or not isinstance(tool, str):
        raise NotQuarantined("Nothing is named by anything but a text.")
    return server, tool


def definition_text(definition: Mapping[str, Any]) -> str:
    """A definition as text that an editor can show side by side with another."""
    if not definition:
        return ""
    return json.dumps(pinned(definition), indent=2, sort_keys=True) + "\n"
