"""What `portico mcp -h` and `portico lsp -h` print, for whoever writes an editor's settings."""

from __future__ import annotations

import sys

_STARTS = {
    "mcp": (
        "Serves an AI client: MCP over stdin and stdout, with every server of your company behind\n"
        "one connection. The client starts it, from its settings; nobody types it.\n"
    ),
    "lsp": (
        "Serves an editor: LSP over stdin and stdout. In it you sign in, and are asked before a\n"
        "call that can do harm. The editor starts it, from its settings; nobody types it.\n"
    ),
}

_ONLY_MCP = """\
  --only SERVER,...  Show the client these servers alone.
  --bare             Leave the server's name out of its tools' names; with one server only.
  --tools search     Show the client a way to search for tools instead of all of them.
  --record FILE      Keep what this connection reads in a cassette; `portico record FILE` is short
                     for it. A plain NAME means NAME.cassette.json in the current folder.
  --replay FILE      Answer from a cassette and from nothing else; `portico replay FILE` is short
                     for it.
"""

_OPTIONS = """\
Options:
  --workspace DIR    The project that this connection is for. Without it, it is the folder that
                     the client names, else the current one if it looks like a project. Calls
                     are asked about in the editor window of the same project.
{more}  --standalone       Serve this one connection in one process, without the hub that all
                     windows share: for debugging and for containers, where no hub runs.
                     Its questions reach no other window.
  -h, --help         Print this.

Exit codes: 0 the client ended it, 2 not understood, 5 there is no hub or it went away, 130 Ctrl-C.
README.md shows the lines for your editor; `portico status` shows who is connected.
"""


def tell(role: str) -> None:
    """Print the help of `mcp` or `lsp` on stdout."""
    more = _ONLY_MCP if role == "mcp" else ""
    sys.stdout.write(
        f"Usage: portico {role} [OPTIONS]\n\n{_STARTS[role]}\n{_OPTIONS.format(more=more)}"
    )
