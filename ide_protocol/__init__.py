"""The fronts: where editors, AI clients and people meet the hub.

An editor launches the `shim`, which finds the hub or gives `birth` to one, says `hello`, and then
copies bytes. In the hub's process the `reception` gives every connection its front: MCP as lines,
LSP over pygls, or the command line's own methods (`contract`). A front translates between a
protocol and the hub and decides nothing. `wiring` is the one module that knows everybody.
"""
