"""The methods about the user's sign-ins: the company's, and those of servers with their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auth.reach import Flow
from ide_protocol.own import contract
from ide_protocol.own.params import BadParams, text
from ide_protocol.own.shape import user
from ide_protocol.own.summary import configured

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ide_protocol.own.params import Params
    from proxy.hub import Hub
    from proxy.session import Session


class SignInMethods:
    """Signing in and out where one session's window reaches the person.

    Args:
        hub: What answers.
        session: Who asks.
    """

    def __init__(self, hub: Hub, session: Session) -> None:
        self._hub = hub
        self._session = session
        self.table: dict[str, Callable[[Params], Awaitable[Any]]] = {
            contract.SIGN_IN: self.sign_in,
            contract.SIGN_IN_ANSWER: self.sign_in_answer,
            contract.SIGN_OUT: self.sign_out,
        }

    async def sign_in(self, params: Params) -> dict[str, contract.User | None]:
        """See `contract.SIGN_IN`."""
        configured(self._hub)
        if "server" in params:
            await self._hub.user.sign_in_at(text(params, "server"), self._session)
            return {}
        asked = params.get("flow", Flow.BEST.value)
        if asked not in set(Flow):
            raise BadParams("`flow` must be best, page, device or paste.")
        await self._hub.user.sign_in(self._session, Flow(asked))
        return {"user": user(self._hub)}

    async def sign_in_answer(self, params: Params) -> dict[str, Any]:
        """See `contract.SIGN_IN_ANSWER`."""
        self._hub.user.take_address(text(params, "url"))
        return {}

    async def sign_out(self, params: Params) -> dict[str, Any]:
        """See `contract.SIGN_OUT`."""
        if "server" in params:
            await self._hub.user.sign_out_at(text(params, "server"), self._session)
        else:
            await self._hub.user.sign_out(self._session)
        return {}
