package portico.words

import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import portico.contract.Owner
import portico.contract.Question

/** What a person reads before they decide, made of plain values. Texts come from the hub safe to show. */

private val CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss")

/** One line: risk, tool and server. */
fun headline(question: Question): String =
    "${question.risk.uppercase()}: run “${question.tool}” on ${question.title}?"

/** One line of a list of calls. */
fun line(question: Question): String =
    "${question.risk} · ${question.tool} · ${question.title} · question ${question.tag}"

/** All that a dialog says beside the headline and the arguments. */
fun detail(question: Question, zone: ZoneId = ZoneId.systemDefault()): String {
    val where = question.workspace?.let { " in $it" } ?: ""
    val lines = changes(question) + difference(question) + listOf(
        "Why you are asked: ${question.reason}",
        "Server: ${question.title}, ${owner(question)}",
        "Asked by: ${question.host}$where · question ${question.tag}",
        "No answer until ${clock(question.deadline, zone)} means no.",
    )
    val code = question.code?.let { listOf("To answer in a terminal instead, its code is $it") } ?: emptyList()
    return (lines + code).joinToString("\n")
}

/** Who runs the server, as the registry says. */
fun owner(question: Question): String {
    val named = reach(question.owner)
    val reviewed = if (question.reviewed) "" else ", not reviewed by your company"
    return "${if (named.isEmpty()) "owner unknown" else "run by $named"}$reviewed"
}

/** A team and where to ask it. */
fun reach(owner: Owner): String =
    listOf(owner.team, owner.support.ifEmpty { owner.contact }).filter(String::isNotEmpty).joinToString(", ")

/** What differs from the last call of the tool that was approved, one line each. */
fun changes(question: Question): List<String> {
    val found = question.changes ?: return emptyList()
    if (found.isEmpty()) {
        return listOf("Since your last yes: nothing changed.", "")
    }
    val each = found.map { "  ${it.path}: ${it.before ?: "(nothing)"} → ${it.after ?: "(nothing)"}" }
    return listOf("Since your last yes:") + each + ""
}

private fun difference(question: Question): List<String> =
    question.difference?.let { listOf("What this tool has become:") + it.map { line -> "  $line" } + "" } ?: emptyList()

/** A moment of the day; [at] in Unix seconds. */
fun clock(at: Double, zone: ZoneId = ZoneId.systemDefault()): String =
    CLOCK.format(Instant.ofEpochMilli((at * 1000).toLong()).atZone(zone))
