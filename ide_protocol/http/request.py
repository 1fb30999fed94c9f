"""One HTTP request as the front reads it, and a refusal of it: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proxy import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

Identifier = int | str


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request.

    Attributes:
        verb: The HTTP method, for example `POST`.
        target: Path and query as sent.
        fields: Names in lower case and values, in their order.
        body: All of it; bounded by `proxy.wire.LINE_LIMIT`.
    """

    verb: str
    target: str
    fields: Sequence[tuple[str, str]]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def field(self, name: str) -> str | None:
        """The first value of a header; None when there is none."""
        return next((value for key, value in self.fields if key == name), None)

    def count(self, name: str) -> int:
        """How often a header was sent."""
        return sum(key == name for key, _ in self.fields)

    def prefers(self, kind: str) -> bool:
        """Whether the client names this media type before any other."""
        return (self.field("accept") or "").lstrip().lower().startswith(kind)

    def accepts(self, *kinds: str) -> bool:
        """Whether the client takes each of these media types; no `Accept` takes everything."""
        given = [value for key, value in self.fields if key == "accept"]
        if not given:
            return True
        ranges = {part.partition(";")[0].strip().lower() for part in ",".join(given).split(",")}
        return all({kind, kind.partition("/")[0] + "/*", "*/*"} & ranges for kind in kinds)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not served.

    Attributes:
        status: The HTTP status.
        code: The JSON-RPC error code.
        message: One sentence for whoever wrote the client.
        data: The JSON-RPC error's data, where its code has some.
        fields: More response headers.
    """

    status: int
    code: int
    message: str
    data: object = None
    fields: tuple[tuple[str, str], ...] = ()

    def body(self, identifier: Identifier | None = None) -> bytes:
        """The JSON-RPC error response."""
        return wire.encode(wire.error(identifier, self.code, self.message, self.data))


def identifier_of(message: dict[str, Any]) -> Identifier | None:
    """The id of a request or response, where it is one that JSON-RPC allows in MCP."""
    found = message.get("id")
    return found if isinstance(found, Identifier) and not isinstance(found, bool) else None
