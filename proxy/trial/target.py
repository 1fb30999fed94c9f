"""What is tried: a program of this machine or an address, with nothing of the company's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from proxy.naming import short_names
from proxy.upstream.era import LEGACY_VERSIONS, MODERN_VERSIONS, Era, Terms
from proxy.upstream.local import Local
from proxy.upstream.memory import Unkept
from proxy.upstream.upstream import Upstream

if TYPE_CHECKING:
    from auth.network import Network
    from proxy.program import Program
    from proxy.upstream.contract import Tap
    from proxy.upstream.face import Face

_STARTERS = frozenset({"python", "python3", "node", "npx", "uv", "uvx", "run", "deno", "bun", "sh"})
_SUFFIXES = frozenset({".py", ".js", ".mjs", ".ts", ".sh", ".jar"})
_NEWEST = {Era.LEGACY: LEGACY_VERSIONS[-1], Era.MODERN: MODERN_VERSIONS[-1]}


@dataclass(frozen=True, slots=True)
class Target:
    """One server to try; a program or a url.

    Attributes:
        short: Its short name.
        program: What is started, or None.
        url: Its Streamable HTTP endpoint; empty for a program.
        network: The way to the url, or None for a program.
        era: The era to begin in; None asks in the modern one first, as the hub does.
    """

    short: str
    program: Program | None = None
    url: str = ""
    network: Network | None = None
    era: Era | None = None

    def open(self, tap: Tap) -> Face:
        """A way to it, which has not met it yet; no token and no header of the user's is sent."""
        memory = Unkept()
        if self.era is not None:
            memory.keep(self._address, Terms(self.era, _NEWEST[self.era]))
        if self.program is not None:
            return Local(self.short, self.program, memory=memory, tap=tap)
        if self.network is None:
            msg = "a url is reached by a network"
            raise ValueError(msg)
        from proxy.trial.wiretap import TappedNetwork  # It imports an HTTP client.

        network = TappedNetwork(self.network, tap)
        return Upstream(self.short, self.url, network=network, grant=None, memory=memory)

    @property
    def _address(self) -> str:
        return self.program.address if self.program is not None else self.url


def named_after(words: tuple[str, ...]) -> str:
    """A short name for a command or a url: its file's, its module's or its path's last word."""
    for word in words:
        if "://" in word:
            steps = [step for step in word.partition("://")[2].split("/")[1:] if step]
            last = [step for step in steps if step != "mcp"]
            return _short(last[-1] if last else "server")
        path = PurePath(word)
        stem = path.stem if path.suffix in _SUFFIXES else path.name
        if word.startswith("-") or stem.rstrip(".0123456789") in _STARTERS:
            continue
        # `python -m package.server`: what it is called stands last, unless that is only `server`.
        parts = [part for part in stem.split(".") if part not in {"server", "main", "__main__"}]
        if parts:
            return _short(parts[-1])
    return "server"


def _short(text: str) -> str:
    return short_names([(text, "")])[text]
