"""Every figure that Portico promises, measured against the real program; see docs/performance.md.

`python -m bench [NAME …]` runs them. Nothing here is a test: a machine's speed decides nothing but
the verdict in the table.
"""
