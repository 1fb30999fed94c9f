package portico.tests

import portico.contract.Owner
import portico.contract.Question

/** A question as the hub sends it. */
val QUESTION = Question(
    id = "4f1d0c5a9b3e7788",
    tag = "92b4",
    server = "presto",
    title = "Presto",
    owner = Owner("data-platform", "", "slack://#presto-help"),
    reviewed = true,
    tool = "drop_table",
    risk = "destructive",
    arguments = """{"table":"dev_alice.scratch","limit":12345678901234567890}""",
    reason = "This call is destructive, says the registry.",
    host = "Claude Code",
    workspace = "/src/webshop",
    deadline = 1795000300.0,
    changes = null,
    lease = null,
    inputSchema = null,
    surfaces = listOf("editor", "page"),
    coded = false,
)
