"""Portico's own methods, answered from the hub in the shapes of `ide_protocol.own.contract`."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import TYPE_CHECKING, Any

from auth.fault import Fault, Who
from ide_protocol.mcp.greeting import VERSION
from ide_protocol.own import answering, contract, policy, shape
from ide_protocol.own.activity import activity
from ide_protocol.own.answering import NotHere
from ide_protocol.own.doctor import checks, look, walk
from ide_protocol.own.figures import stats
from ide_protocol.own.grants import grants
from ide_protocol.own.leasing import Leasing
from ide_protocol.own.params import BadParams, text
from ide_protocol.own.pins import PinMethods
from ide_protocol.own.rating import rate
from ide_protocol.own.reply import read_reply
from ide_protocol.own.secrets import SecretMethods
from ide_protocol.own.shape import question, report, window
from ide_protocol.own.sign_in import SignInMethods
from ide_protocol.own.summary import configured, problems, summary
from ide_protocol.own.why import why
from ide_protocol.review.review import Review
from proxy.approval import Surface, Voice
from proxy.approval.terminal import inspect
from proxy.exchange.call import Call
from proxy.fault import UnknownTool
from proxy.naming import public_name
from proxy.plain import plain
from proxy.policy.circumstances import Circumstances
from proxy.policy.offering import Standing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ide_protocol.own.params import Params
    from ide_protocol.own.takeover import TakeOver
    from proxy.hub import Hub
    from proxy.policy.offering import Offering
    from proxy.session import Session
    from proxy.upstream.contract import Relay


class Methods:
    """The methods for one session.

    Args:
        hub: What answers.
        session: Who asks.
        relay: The way back for a call, for sessions that may make one.
        stop: Ends the hub.
        started: Unix seconds when the hub began.
        standalone: Whether it serves this one connection only.
    """

    def __init__(
        self,
        hub: Hub,
        session: Session,
        *,
        relay: Relay | None,
        stop: Callable[[], None],
        started: float,
        standalone: bool,
    ) -> None:
        self._hub = hub
        self._session = session
        self._relay = relay
        self._stop = stop
        self._started = started
        self._standalone = standalone
        self.review = Review(hub, session)
        self._taking_over: TakeOver | None = None
        self.table: dict[str, Callable[[Params], Awaitable[Any]]] = {
            contract.STATUS: self.status,
            contract.SERVERS: self.servers,
            contract.TOOLS: self.tools,
            contract.GRANTS: self.grants,
            contract.CALL: self.call,
            contract.APPROVALS: self.approvals,
            contract.ANSWER: self.answer,
            contract.PAIR: self.pair,
            contract.PAGE: self.page,
            contract.ACTIVITY: partial(activity, hub),
            contract.STATS: partial(stats, hub),
            contract.WHY: self.why,
            contract.DOCTOR: self.doctor,
            contract.DOCTOR_AUTH: self.doctor_auth,
            contract.EXPLAIN: self.explain,
            contract.DRAFT: self.draft,
            contract.OFFLINE: self.offline,
            contract.STOP: self.stop,
            contract.RATE: partial(rate, hub, session),
            **SignInMethods(hub, session).table,
            **Leasing(hub).table,
            **SecretMethods(hub).table,
            contract.TAKE_OVER: self.take_over,
            **PinMethods(hub, session).table,
            **self.review.table,
        }

    async def status(self, _: Params) -> contract.Status:
        """See `contract.STATUS`."""
        hub = self._hub
        await hub.loaded()
        company = hub.configuration.company
        registry: contract.Registry | None = None
        if company is not None and company.registry:
            fault = hub.registry_fault
            registry = {
                "url": company.registry,
                "fetched": hub.listing.fetched_at if hub.listing else None,
                "fault": report(fault) if fault else None,
            }
        return {
            "summary": summary(hub),
            "user": shape.user(hub),
            "hub": {
                "version": VERSION,
                "pid": os.getpid(),
                "started": self._started,
                "standalone": self._standalone,
                "sessions": [window(session) for session in hub.sessions],
            },
            "registry": registry,
            "servers": self._servers(),
            "pending": len(hub.desk.questions()),
            "offline": shape.offline(hub),
            "problems": [report(fault) for fault in problems(hub)],
        }

    async def servers(self, _: Params) -> dict[str, list[contract.Server]]:
        """See `contract.SERVERS`."""
        configured(self._hub)
        await self._hub.listed()
        return {"servers": self._servers()}

    async def tools(self, params: Params) -> dict[str, list[contract.Tool]]:
        """See `contract.TOOLS`."""
        configured(self._hub)
        await self._hub.listed()
        await self._hub.know(self._session)
        wanted, catalog = params.get("server"), self._hub.catalog
        identity = self._hub.identity
        who = Circumstances(
            identity.groups if identity else frozenset(), workspace=self._session.place
        )
        return {
            "tools": [
                shape.tool(offering, definition, who, ill)
                for offering in self._known()
                if offering.standing is Standing.OFFERED and wanted in {None, offering.server}
                for ill in (catalog.quarantined(offering.server),)
                for definition in catalog.definitions(offering.server)
                if isinstance(definition.get("name"), str)
            ]
        }

    async def call(self, params: Params) -> dict[str, Any]:
        """See `contract.CALL`."""
        if self._relay is None:
            raise NotHere("Calls are made over MCP or from the command line.")
        configured(self._hub)
        server, tool = text(params, "server"), text(params, "tool")
        arguments = params.get("arguments", {})
        if not isinstance(arguments, dict):
            raise BadParams("`arguments` must be an object.")
        asked = {"name": tool, "arguments": arguments}
        # A call made by a person counts as the person's own use of the window.
        call = Call(self._session, public_name(server, tool), asked, self._relay)
        envelope = await self._hub.call(call)
        if "error" in envelope:
            message = plain(str(envelope["error"].get("message")), 300)
            told = envelope["error"].get("data")
            if isinstance(told, dict) and told.get("reference") == UnknownTool.reference:
                raise UnknownTool(message)
            raise CallRefused(message)
        result: dict[str, Any] = envelope["result"]
        return result

    async def approvals(self, _: Params) -> dict[str, list[contract.Question]]:
        """See `contract.APPROVALS`."""
        return {"approvals": [question(open_) for open_ in self._hub.desk.questions()]}

    async def answer(self, params: Params) -> dict[str, Any]:
        """See `contract.ANSWER`: what the command line says counts as the terminal's word."""
        identifier, reply, code = text(params, "id"), read_reply(params), params.get("code", "")
        if self._session.role != "cli":
            answering.answer(self._hub, self._session, identifier, reply)
            return {}
        terminal = await asyncio.to_thread(inspect, self._session.pid)
        voice = Voice(Surface.TERMINAL, terminal, code if isinstance(code, str) else "")
        self._hub.desk.answer(identifier, reply, voice)
        return {}

    async def pair(self, params: Params) -> dict[str, bool]:
        """See `contract.PAIR`: an editor brings its key; only a person can accept it."""
        if self._session.role != "lsp":
            raise NotHere("Only an editor is paired.")
        await self._hub.loaded()
        await self._hub.pairings.ready.wait()
        return {"paired": self._hub.pairings.introduce(self._session, text(params, "key"))}

    async def page(self, _: Params) -> dict[str, str]:
        """See `contract.PAGE`."""
        await self._hub.loaded()
        return {"url": await self._hub.page_address()}

    async def why(self, params: Params) -> contract.Explanation:
        """See `contract.WHY`."""
        configured(self._hub)
        return await why(self._hub, self._session, params)

    async def doctor(self, _: Params) -> dict[str, list[contract.Check]]:
        """See `contract.DOCTOR`."""
        await self._hub.loaded()
        return {"checks": checks(self._hub, await look(self._hub))}

    async def doctor_auth(self, _: Params) -> dict[str, list[contract.ChainLink]]:
        """See `contract.DOCTOR_AUTH`."""
        configured(self._hub)
        await self._hub.loaded()
        return {"chain": await walk(self._hub)}

    async def explain(self, params: Params) -> contract.Weighing:
        """See `contract.EXPLAIN`."""
        configured(self._hub)
        return await policy.explain(self._hub, self._session, params)

    async def draft(self, params: Params) -> dict[str, Any]:
        """See `contract.DRAFT`."""
        configured(self._hub)
        return await policy.drafted(self._hub, text(params, "server"))

    async def grants(self, _: Params) -> dict[str, list[contract.Grant]]:
        """See `contract.GRANTS`."""
        configured(self._hub)
        await self._hub.loaded()
        return {"grants": await grants(self._hub, self._known())}

    async def offline(self, params: Params) -> dict[str, contract.Offline]:
        """See `contract.OFFLINE`."""
        wanted = params.get("offline")
        if not isinstance(wanted, bool):
            raise BadParams("`offline` must be true or false.")
        self._hub.go(offline=wanted)
        stands = shape.offline(self._hub)
        return {} if stands is None else {"offline": stands}

    async def take_over(self, params: Params) -> dict[str, Any]:
        """See `contract.TAKE_OVER`."""
        configured(self._hub)
        return await self.taking_over().take_over(params)

    def taking_over(self) -> TakeOver:
        """What takes servers over, for this session."""
        if self._taking_over is None:
            # Done once in a life, and everybody's start would wait for these.
            from ide_protocol.lsp.configuration.known import Known
            from ide_protocol.own.takeover import TakeOver

            self._taking_over = TakeOver(self._hub, Known(self._hub, self._session).knowledge)
        return self._taking_over

    async def stop(self, _: Params) -> dict[str, Any]:
        """See `contract.STOP`."""
        self._stop()
        return {}

    def _known(self) -> list[Offering]:
        """The servers this user may know of."""
        offerings = self._hub.catalog.offerings
        return [
            offerings[name]
            for name in sorted(offerings)
            if offerings[name].standing is not Standing.HIDDEN
        ]

    def _servers(self) -> list[contract.Server]:
        return [shape.server(offering, self._hub.catalog) for offering in self._known()]


class CallRefused(Fault):
    """The call has no result: the name is unknown, or the server answered with an error."""

    reference = "call-refused"
    who = Who.PERSON
    remedy = "List what there is with `portico tools`."
