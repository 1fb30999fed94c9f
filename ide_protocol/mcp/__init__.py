"""MCP as lines: the front that AI clients speak to, in both eras."""
