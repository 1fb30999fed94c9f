"""A company in a box: sign-on, registry, gateway and MCP servers on loopback, in one process.

It serves the demo, the tests, the benchmarks and people who want to try Portico. All of it is real:
HTTP servers, signed tokens, an embedded warehouse, recorded Spark logs. It knows nothing of
Portico, so that what it witnesses (`sandbox.witness`) is an outsider's testimony. `sandbox.kit`,
with which its servers are written, is the project's one public Python API (docs/server-kit.md).
"""
