"""The trouble of one window: it holds calls back, has them fail, and says so in every answer."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any, Final

from auth.fault import Who
from proxy.chaos.recipe import Recipe, Trouble
from proxy.plain import plain
from proxy.upstream.contract import Refused
from proxy.upstream.fault import (
    UpstreamFault,
    UpstreamLost,
    UpstreamSignInNeeded,
    UpstreamUnreachable,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from proxy.policy.offering import Offering
    from proxy.upstream.contract import Relay

_QUESTION: Final[dict[str, Any]] = {
    "mode": "form",
    "message": "This question is asked on purpose (portico chaos). Shall the call go on?",
    "requestedSchema": {
        "type": "object",
        "properties": {"go_on": {"type": "boolean", "title": "Go on", "default": True}},
        "required": ["go_on"],
    },
}


class Declined(UpstreamFault):
    """The person did not let a call go on that `portico chaos` had asked about."""

    reference = "chaos-declined"
    who = Who.PERSON
    remedy = "Nothing was sent; call it again."


class Chaos:
    """Trouble for one window.

    Args:
        recipe: Which, and how often.
        sleep: Waits so many seconds.
    """

    def __init__(
        self, recipe: Recipe, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._recipe = recipe
        self._random = random.Random(recipe.seed)  # noqa: S311 - no secret depends on it.
        self._sleep = sleep

    @property
    def asks(self) -> bool:
        """Whether a server may ask something that it would not."""
        return self._recipe.asks > 0

    async def meddle(self, offering: Offering) -> None:
        """Hold a call back, or have it fail in place of being sent.

        Nothing was sent where it fails, whatever the fault says: trouble on purpose must not leave
        anybody in doubt about real data.

        Raises:
            UpstreamFault: It fails, in the way that a real server of this name would make it fail.
        """
        trouble = self._recipe.trouble(self._random.random)
        await self._sleep(self._recipe.delay)
        title = plain(offering.title, 80)
        match trouble:
            case Trouble.FAIL:
                msg = f"{title} has a problem of its own (HTTP 503)."
                raise UpstreamFault(msg)
            case Trouble.REFUSE:
                msg = f"{title} could not be reached (ConnectError)."
                raise UpstreamUnreachable(msg)
            case Trouble.DROP:
                msg = f"The connection to {title} broke before its answer (ReadError)."
                raise UpstreamLost(msg)
            case Trouble.EXPIRE:
                msg = f"{title} does not accept your sign-in any more."
                raise UpstreamSignInNeeded(msg)

    async def question(self, relay: Relay) -> None:
        """Have the server ask the person whether the call shall go on, where that is to happen.

        Raises:
            Declined: The person did not say yes.
        """
        if self._random.random() >= self._recipe.asks or "elicitation" not in relay.capabilities:
            return
        try:
            answer = await relay.request("elicitation/create", dict(_QUESTION))
        except Refused:
            answer = {}
        content = answer.get("content")
        goes_on = isinstance(content, dict) and content.get("go_on") is True
        if answer.get("action") != "accept" or not goes_on:
            msg = "The person did not let the call go on."
            raise Declined(msg)

    def marked(self, envelope: dict[str, Any]) -> dict[str, Any]:
        """An answer that says by itself what its window was told to suffer."""
        banner = f"[portico chaos is on: {self._recipe.text()}]"
        if "error" in envelope:
            error = envelope["error"]
            return {**envelope, "error": {**error, "message": f"{error['message']} {banner}"}}
        result = envelope["result"]
        content = result.get("content")
        if not isinstance(content, list):
            meta = result.get("_meta")
            told = {**(meta if isinstance(meta, dict) else {}), "portico/chaos": banner}
            return {**envelope, "result": {**result, "_meta": told}}
        said = {"type": "text", "text": banner}
        return {**envelope, "result": {**result, "content": [*content, said]}}
