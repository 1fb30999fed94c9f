"""The server kit: an MCP server behind a gateway, with identity, policies, counts and logs.

This is Portico's only public Python API; `docs/server-kit.md` is its page.
"""

from sandbox.kit.caller import Caller, current_caller
from sandbox.kit.kit import Kit
from sandbox.kit.policy import PolicyError, Refusal, authorize_tool

__all__ = [
    "Caller",
    "Kit",
    "PolicyError",
    "Refusal",
    "authorize_tool",
    "current_caller",
]
