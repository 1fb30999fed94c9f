"""One MCP server: tools with policies, an account of every call, and the application to serve."""

from __future__ import annotations

import inspect
import json
import logging
import os
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from mcp.server import MCPServer
from mcp.server.request_state import RequestStateSecurity
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from mcp_types.version import is_version_at_least

from sandbox.kit.caller import NOBODY, Caller, calling
from sandbox.kit.policy import PolicyError, mark_offered, policies_of, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterator

    from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
    from starlette.applications import Starlette

Function = TypeVar("Function", bound="Callable[..., Any]")

log = logging.getLogger("sandbox.kit.calls")

_MODERN = "2026-07-28"

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Kit:
    """A server in the making.

    Args:
        name: Short name, as in its path at the gateway.
        title: What people read.
        version: The server's own version.
        instructions: What a model should know before it uses the tools.
        policies: For each policy, the groups it admits; `@authorize_tool` refers to them.
        state: What the tools work on; a tool with a `ctx: Context[State]` parameter finds it as
            `ctx.request_context.lifespan_context`.
        clock: Monotonic seconds, for durations.

    Attributes:
        server: The SDK's server, for what the kit does not cover (resources, prompts).
        counts: Per tool, the calls it took on, whatever came of them. A call that asks questions
            counts once; a refused one never reached the tool and does not count.
    """

    def __init__(
        self,
        name: str,
        *,
        title: str,
        version: str = "1.0.0",
        instructions: str | None = None,
        policies: Mapping[str, Collection[str]] | None = None,
        state: object = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.name = name
        self.counts: Counter[str] = Counter()
        self._groups = {policy: frozenset(groups) for policy, groups in (policies or {}).items()}
        self._policies: dict[str, tuple[str, ...]] = {}
        self._clock = clock

        @asynccontextmanager
        async def lifespan(_: MCPServer[object]) -> AsyncIterator[object]:
            yield state

        with _logging_left_alone():
            self.server: MCPServer[object] = MCPServer(
                name,
                title=title,
                version=version,
                instructions=instructions,
                lifespan=lifespan,
                # Behind a gateway no token arrives, so the SDK has no principal of its own to bind
                # a question's state to: bob must not answer what alice was asked.
                request_state_security=RequestStateSecurity(
                    keys=[os.urandom(32)], bind_principal=lambda ctx: _caller(ctx).user or None
                ),
                middleware=[self._account],
            )

    def tool(
        self,
        *,
        title: str,
        read_only: bool = False,
        destructive: bool = False,
        idempotent: bool = False,
    ) -> Callable[[Function], Function]:
        """Offer a function as a tool, under its own name, described by its docstring.

        Args:
            title: What people read.
            read_only: It changes nothing.
            destructive: It may take something away that was there.
            idempotent: Calling it again with the same arguments changes nothing more.

        Raises:
            PolicyError: `@authorize_tool` names a policy that this kit was not given.
        """
        hints = ToolAnnotations(
            read_only_hint=read_only,
            destructive_hint=destructive,
            idempotent_hint=idempotent or read_only,
            open_world_hint=False,
        )

        def offer(function: Function) -> Function:
            policies = policies_of(function)
            for policy in policies:
                if policy not in self._groups:
                    known = ", ".join(sorted(self._groups)) or "none"
                    msg = f"{function.__qualname__} names policy {policy!r}; known: {known}."
                    raise PolicyError(msg)
            self.server.add_tool(
                function, title=title, description=inspect.getdoc(function), annotations=hints
            )
            self._policies[function.__name__] = policies
            mark_offered(function)
            return function

        return offer

    def application(self, *, json_response: bool = False) -> Starlette:
        """The ASGI application, with the MCP endpoint at `/mcp`; it has a lifespan to be run.

        It answers requests addressed to loopback hosts on any port, in both eras of MCP. The kit
        is found again as `application.state.kit`.

        Args:
            json_response: Answer with plain JSON; without it, with an event stream.
        """
        hosts = [h for host in _LOOPBACK for h in (host, f"{host}:*")]
        application = self.server.streamable_http_app(
            json_response=json_response,
            transport_security=TransportSecuritySettings(
                allowed_hosts=hosts, allowed_origins=[f"http://{host}" for host in hosts]
            ),
        )
        application.state.kit = self
        return application

    async def _account(
        self, ctx: ServerRequestContext[Any, Any], call_next: CallNext
    ) -> HandlerResult:
        """Authorise, carry out and record one tool call; everything else just passes."""
        if ctx.method != "tools/call":
            return await call_next(ctx)
        named = (ctx.params or {}).get("name")
        # Names come from outside: only those of real tools may become a counter or a log's text.
        tool = named if isinstance(named, str) and named in self._policies else ""
        caller = _caller(ctx)
        started = self._clock()
        outcome = "cancelled"
        try:
            denied = refusal(caller, tool, self._policies.get(tool, ()), self._groups)
            if denied is not None:
                outcome = "denied"
                return _tool_error(denied, ctx.protocol_version)
            with calling(caller):
                result = await call_next(ctx)
            outcome = _outcome(result)
        except Exception:
            outcome = "failed"
            raise
        else:
            return result
        finally:
            self._record(tool, caller, outcome, self._clock() - started, ctx.protocol_version)

    def _record(
        self, tool: str, caller: Caller, outcome: str, seconds: float, version: str
    ) -> None:
        if tool and outcome not in {"denied", "asked"}:
            self.counts[tool] += 1
        # Arguments and results are somebody's data, so nothing of either is in the line.
        line = {
            "event": "tool-call",
            "server": self.name,
            "tool": tool or None,
            "user": caller.user or None,
            "outcome": outcome,
            "duration_ms": round(seconds * 1000, 3),
            "protocol": version,
        }
        log.info("%s", json.dumps(line))


def _caller(ctx: ServerRequestContext[Any, Any]) -> Caller:
    return NOBODY if ctx.request is None else Caller.from_headers(ctx.request.headers)


def _tool_error(text: str, version: str) -> dict[str, Any]:
    error: dict[str, Any] = {"content": [{"type": "text", "text": text}], "isError": True}
    # The modern era demands to be told that this is not a question; the legacy one knows no such.
    return {**error, "resultType": "complete"} if is_version_at_least(version, _MODERN) else error


def _outcome(result: HandlerResult) -> str:
    """`asked` (a question went back first), `failed` (a tool error) or `ok`."""
    fields: Mapping[str, object] = result if isinstance(result, Mapping) else {}
    if fields.get("resultType") == "input_required":
        return "asked"
    return "failed" if fields.get("isError") else "ok"


@contextmanager
def _logging_left_alone() -> Iterator[None]:
    """Undo what the SDK does to the root logger: where logs go is the host program's choice."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
