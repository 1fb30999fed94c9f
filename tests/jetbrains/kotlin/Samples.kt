package portico.tests

import com.google.gson.Gson
import com.google.gson.JsonArray
import com.google.gson.JsonParser
import java.io.File
import portico.contract.ApproveParams
import portico.contract.Offline
import portico.contract.OfflineResult
import portico.contract.Owner
import portico.contract.Question
import portico.contract.Server
import portico.contract.ServerStanding
import portico.contract.ServerState
import portico.contract.ServersResult
import portico.contract.Status

/** The examples of docs/lsp-protocol.md, `[[class, value], …]`: complete, whatever the contract gains. */
val EXAMPLES: JsonArray by lazy { JsonParser.parseString(File(System.getProperty("portico.examples")).readText()).asJsonArray }

/** A question as the hub sends it. */
val QUESTION: Question by lazy {
    example(ApproveParams::class.java).questions.first().copy(
        id = "4f1d0c5a9b3e7788",
        tag = "92b4",
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
        code = null,
        difference = null,
    )
}

/** How things stand for somebody who is signed in. */
val STATUS: Status by lazy {
    val found = example(Status::class.java)
    found.copy(
        summary = "Signed in as Alice Archer.",
        user = found.user?.copy(name = "Alice Archer"),
        pending = 0,
        offline = null,
        problems = emptyList(),
    )
}

/** Being offline by a person's word. */
val OFFLINE: Offline? by lazy { example(OfflineResult::class.java).offline }

/** A server that is offered and answers. */
val SERVER: Server by lazy {
    example(ServersResult::class.java).servers.first().copy(
        title = "Presto",
        owner = Owner("data-platform", "", ""),
        environment = "prod",
        standing = ServerStanding.OFFERED,
        state = ServerState.LIVE,
        fault = null,
    )
}

private fun <T> example(type: Class<T>): T {
    val (_, value) = EXAMPLES.map { it.asJsonArray.toList() }.first { (name, _) -> name.asString == type.name }
    return Gson().fromJson(value, type)
}
