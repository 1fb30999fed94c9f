"""A company in a box: sign-on, registry, gateway and MCP servers on loopback."""
