"""Remote MCP servers: Streamable HTTP in both eras, each server on its own."""

from proxy.upstream.era import Era
from proxy.upstream.memory import EraMemories, EraMemory, Unkept
from proxy.upstream.upstream import Upstream

__all__ = ["Era", "EraMemories", "EraMemory", "Unkept", "Upstream"]
