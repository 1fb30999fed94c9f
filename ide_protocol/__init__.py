"""The fronts: the shim, MCP as lines, LSP over pygls, the command line, and the wiring."""
