"""The thin clients that editors install. They show, ask and start the shim; they never decide.

The room is empty so far: an editor reaches Portico by its own MCP or LSP configuration (README.md).
What comes here knows `ide_protocol.own.contract` alone and carries no rule of policy; an import
contract sees to it.
"""
