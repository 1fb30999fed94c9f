"""What is known of servers and tools while somebody writes a configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from proxy.address import BadAddress, endpoint, origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ide_protocol.own import contract
    from proxy.setup.document import Setup


@dataclass(frozen=True, slots=True)
class KnownServer:
    """One server that the user may know of.

    Attributes:
        said: What Portico says of it.
        url: Its address; empty for a program on this machine.
        tools: Its tools, as far as they have been listed.
    """

    said: contract.Server
    url: str = ""
    tools: tuple[contract.Tool, ...] = ()

    @property
    def title(self) -> str:
        """What people call it."""
        return self.said["title"] or self.said["server"]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that is known now.

    Attributes:
        servers: Short name -> server; without those that are hidden from the user.
        company: What people call the company; empty where there is none.
        listed: Whether the company's registry has been read, so that what is not in it is not
            approved.
        origins: Where the company's tokens may go.
        setup: What the company set up here, below which `portico.toml` stands.
    """

    servers: Mapping[str, KnownServer] = field(default_factory=dict)
    company: str = ""
    listed: bool = False
    origins: frozenset[str] = frozenset()
    setup: Setup | None = None

    def named(self, name: str) -> KnownServer | None:
        """The server of a short name, or of a name in the registry."""
        found = self.servers.get(name)
        if found is not None:
            return found
        return next((one for one in self.servers.values() if one.said["name"] == name), None)

    def at(self, url: str) -> KnownServer | None:
        """The reviewed server at an address."""
        key = _key(url)
        servers = self.servers.values()
        return next(
            (one for one in servers if key and one.said["reviewed"] and _key(one.url) == key), None
        )

    def of_the_company(self, url: str) -> bool:
        """Whether an address is at one of the company's own origins."""
        try:
            return origin(url) in self.origins
        except BadAddress:
            return False

    def tool(self, public: str) -> contract.Tool | None:
        """The tool that models know under this name."""
        return next(
            (tool for one in self.servers.values() for tool in one.tools if tool["name"] == public),
            None,
        )


@lru_cache(maxsize=1024)
def _key(url: str) -> str:
    # At each key that somebody presses, every entry is held against every server.
    # As the registry compares addresses: one that differs by case may be a second way to the same.
    try:
        return endpoint(url).casefold() if url else ""
    except BadAddress:
        return ""
