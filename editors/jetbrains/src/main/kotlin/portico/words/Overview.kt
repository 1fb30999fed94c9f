package portico.words

import java.time.ZoneId
import portico.contract.Check
import portico.contract.Explanation
import portico.contract.FaultReport
import portico.contract.Record
import portico.contract.Server
import portico.contract.ServerStanding
import portico.contract.ServerState
import portico.contract.Status
import portico.contract.Tool
import portico.contract.ToolVerdict

/** A line of a view, and what is said of it where the pointer rests; [record] is the audit's number of a call. */
data class Line(val text: String, val more: String, val record: Long = 0)

/** What the status bar says: what waits here, else why there is nothing, else who is signed in. */
fun bar(status: Status?, waiting: Int, why: String): String = when {
    waiting > 0 -> "Portico: $waiting ${if (waiting == 1) "waits" else "wait"}"
    status == null -> "Portico: $why"
    status.pending > 0 -> "Portico: ${status.pending} elsewhere"
    status.offline != null -> "Portico: offline"
    status.user == null -> if (status.registry == null) "Portico" else "Portico: sign in"
    else -> "Portico: ${status.user.name}${if (status.problems.isEmpty()) "" else " (!)"}"
}

/** What is said of the status bar where the pointer rests. */
fun barTooltip(status: Status?, why: String, paired: Boolean): String {
    if (status == null) {
        return why
    }
    val pairing = if (status.user != null && !paired) {
        " This window is not paired: what is destructive is asked on Portico's page."
    } else {
        ""
    }
    return status.summary + pairing
}

/** A server: its name, how it stands, where it runs and who runs it. */
fun serverLine(server: Server): Line {
    val state = if (server.standing == ServerStanding.OFFERED) state(server) else standing(server)
    val beside = listOf(state, server.environment, server.owner.team).filter(String::isNotEmpty)
    val name = server.title.ifEmpty { server.server }
    val more = listOf(
        server.description, server.reason, server.fault?.message ?: "", server.fault?.remedy ?: "", reach(server.owner),
    )
    return Line((listOf(name) + beside).joinToString(" · "), sentences(more))
}

private fun state(server: Server): String = when (server.state) {
    ServerState.SNAPSHOT -> "as last seen"
    ServerState.ASKING -> "asking…"
    ServerState.ABSENT -> "does not answer"
    else -> ""
}

private fun standing(server: Server): String = when (server.standing) {
    ServerStanding.WITHHELD -> "withheld"
    ServerStanding.FORBIDDEN -> "not for you"
    ServerStanding.SIGN_IN_NEEDED -> "sign in first"
    else -> server.standing.word
}

/** A tool: its name, its risk, and what a call would meet. */
fun toolLine(tool: Tool): Line {
    val verdict = when (tool.verdict) {
        ToolVerdict.ALLOW -> "runs"
        ToolVerdict.ASK -> "asks you"
        ToolVerdict.DENY -> "denied"
        else -> tool.verdict.word
    }
    return Line("${tool.tool} · ${tool.risk} · $verdict", sentences(listOf(tool.title, tool.description, tool.reason)))
}

/** A call that ended. */
fun recordLine(record: Record, zone: ZoneId = ZoneId.systemDefault()): Line {
    val name = listOf(record.server, record.tool).filter(String::isNotEmpty).joinToString(".")
    val took = record.milliseconds?.let { " · ${duration(it)}" } ?: ""
    val more = listOf(
        "${record.outcome} ${record.reference}".trim(),
        "risk ${record.risk}, verdict ${record.verdict}",
        record.rule,
        if (record.surface.isEmpty()) "" else "answered on ${record.surface}",
        record.summary,
        "asked by ${record.host}",
    )
    return Line("$name · ${record.outcome}$took · ${clock(record.at, zone)}", sentences(more), record.id)
}

private fun duration(milliseconds: Double): String =
    if (milliseconds < 1000) "${Math.round(milliseconds)} ms" else "%.1f s".format(java.util.Locale.ROOT, milliseconds / 1000)

/** Why a call runs, asks or is denied, and what helps. */
fun why(found: Explanation): String {
    val name = listOf(found.title, found.tool).filter(String::isNotEmpty).joinToString(": ")
    val parts = listOf(
        "$name: ${found.verdict.word}",
        found.reason,
        found.remedy,
        if (found.groups.isEmpty()) "" else "It is for: ${found.groups.joinToString(" or ")}.",
        if (found.risk.isEmpty()) "" else "Risk: ${found.risk}.",
        if (found.rule.isEmpty()) "" else "Decided by ${found.rule}.",
        if (reach(found.owner).isEmpty()) "" else "Owner: ${reach(found.owner)}.",
        if (found.request.isEmpty()) "" else "A request that you can send:\n${found.request}",
    )
    return parts.filter(String::isNotEmpty).joinToString("\n\n") + "\n"
}

/** What Portico found when it looked at itself, one line for each check. */
fun debugInformation(program: String, checks: List<Check>): String =
    (listOf("program $program") + checks.map { "${it.state.word}: ${it.name}: ${it.finding} ${it.remedy}".trim() })
        .joinToString("\n")

/** What a fault says: what happened, and what to do. */
fun said(message: String, fault: FaultReport?): String =
    listOf(message, fault?.remedy ?: "").filter(String::isNotEmpty).joinToString(" ")

private fun sentences(parts: List<String>): String = parts.filter(String::isNotEmpty).joinToString("\n")
