"""Portico's own methods: one contract for every editor, the command line and the docs.

Each method is a JSON-RPC request named `portico/…`. An editor sends it inside its LSP connection;
the command line sends it as lines. Both reach `ide_protocol.own.methods`, so they cannot differ in
what they answer. All times are Unix seconds, all durations seconds, all texts safe to show.
"""

# A whole vocabulary: whoever adds a word to it writes it once, in the module of its noun.
from ide_protocol.own.contract.approval import *  # noqa: F403
from ide_protocol.own.contract.audit import *  # noqa: F403
from ide_protocol.own.contract.care import *  # noqa: F403
from ide_protocol.own.contract.methods import *  # noqa: F403
from ide_protocol.own.contract.names import *  # noqa: F403
from ide_protocol.own.contract.status import *  # noqa: F403
from ide_protocol.own.contract.trust import *  # noqa: F403
from ide_protocol.own.contract.verdict import *  # noqa: F403
