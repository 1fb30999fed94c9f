// Made from ide_protocol/own/contract by `python -m editors.contract`; do not edit.
package portico.contract

import com.google.gson.JsonElement
import com.google.gson.JsonObject

/** Who runs a server; empty strings where the registry does not say. */
data class Owner(
    val team: String,
    val contact: String,
    val support: String,
)

/** One argument that is not as it was at the last approved call; both sides as JSON text. */
data class Change(
    val path: String,
    val before: String?,
    val after: String?,
)

/** A yes in advance. In a question: the most that may be given; `arguments` holds patterns. */
data class LeaseTerms(
    val minutes: Long,
    val calls: Long,
    val arguments: Map<String, String>? = null,
)

/** What `answer` of [Reply] can be. */
@JvmInline
value class ReplyAnswer(val word: String) {
    companion object {
        val YES = ReplyAnswer("yes")
        val NO = ReplyAnswer("no")
        val STOP = ReplyAnswer("stop")
    }
}

/** What a person says to one question. `arguments` is what the call shall run with instead. `code` goes with a terminal's yes to a `coded` question. */
data class Reply(
    val id: String,
    val answer: ReplyAnswer,
    val lease: LeaseTerms? = null,
    val arguments: JsonObject? = null,
    val code: String? = null,
)

/** What `answer` of [Lease] can be. */
@JvmInline
value class LeaseAnswer(val word: String) {
    companion object {
        val YES = LeaseAnswer("yes")
        val NO = LeaseAnswer("no")
    }
}

/** One answer in advance: a lease (`yes`), or a stop (`no`), which has no end and no count. */
data class Lease(
    val id: String,
    val answer: LeaseAnswer,
    val server: String,
    val title: String,
    val tool: String,
    val arguments: Map<String, String>,
    val host: String,
    val workspace: String?,
    val until: Double?,
    val left: Long?,
)

/** One pending approval. `arguments` is the exact JSON that will run, `tag` a short name. `surfaces` are where a yes counts; `coded` says that a terminal's needs the question's `code`, which only a paired editor is told, to show it to the person. `difference` stands where it is asked whether to trust what a tool has become. */
data class Question(
    val id: String,
    val tag: String,
    val server: String,
    val title: String,
    val owner: Owner,
    val reviewed: Boolean,
    val tool: String,
    val risk: String,
    val arguments: String,
    val reason: String,
    val host: String,
    val workspace: String?,
    val deadline: Double,
    val changes: List<Change>?,
    val lease: LeaseTerms?,
    val inputSchema: JsonObject?,
    val surfaces: List<String>,
    val coded: Boolean,
    val code: String? = null,
    val difference: List<String>? = null,
)

/** One call of the review. `line` is that of its heading, from 0; `where` its yes counts. `here` says whether this window may give it. `before` and `after` are the addresses of the arguments of the last yes and of now, to be compared; empty where there was no yes. */
data class Reviewed(
    val id: String,
    val tag: String,
    val line: Long,
    val here: Boolean,
    val where: String,
    val before: String,
    val after: String,
)

/** One tool that is not what was trusted; `before` and `after` are its definitions. */
data class HeldBack(
    val server: String,
    val tool: String,
    val line: Long,
    val acceptable: Boolean,
    val before: String,
    val after: String,
)

/** What waits for a person, as a Markdown text; no id and no code of a question is in it. */
data class Review(
    val uri: String,
    val text: String,
    val calls: List<Reviewed>,
    val held: List<HeldBack>,
)

/** What a virtual document holds. */
data class Text(
    val text: String,
)

/** One line of the audit. `event` is what happened, `outcome` how an exchange ended. */
data class Record(
    val id: Long,
    val at: Double,
    val event: String,
    val exchange: String,
    val user: String,
    val host: String,
    val server: String,
    val tool: String,
    val risk: String,
    val verdict: String,
    val rule: String,
    val surface: String,
    val outcome: String,
    val reference: String,
    val milliseconds: Double?,
    val waited: Double?,
    val minutes: Double?,
    val digest: String,
    val summary: String,
    val payload: String,
    val hash: String,
)

/** Which records: at most `limit`, numbered between `after` and `before`, of these words. */
data class Page(
    val limit: Long? = null,
    val after: Long? = null,
    val before: Long? = null,
    val since: Double? = null,
    val until: Double? = null,
    val server: String? = null,
    val tool: String? = null,
    val event: String? = null,
    val outcome: String? = null,
    val exchange: String? = null,
)

/** A page of the audit, newest last; `more` says whether there are older ones of its kind. */
data class Activity(
    val records: List<Record>,
    val more: Boolean,
)

/** Milliseconds that so many of a hundred did not exceed. */
data class Spread(
    val p50: Double,
    val p95: Double,
    val p99: Double,
)

/** Figures of one tool; of a whole server where `tool` is empty, of everything where both are. Rates are shares from 0 to 1, and None of nothing. `latency` is what servers took, `decision` what people did. `minutesSaved` is their owners' estimate. `series` counts calls in equal parts. */
data class Usage(
    val server: String,
    val tool: String,
    val calls: Long,
    val succeeded: Long,
    val failed: Long,
    val denied: Long,
    val cancelled: Long,
    val successRate: Double?,
    val errorRate: Double?,
    val latency: Spread?,
    val asked: Long,
    val approved: Long,
    val rejected: Long,
    val unanswered: Long,
    val rejectionRate: Double?,
    val decision: Spread?,
    val minutesSaved: Double,
    val thumbsUp: Long,
    val thumbsDown: Long,
    val series: List<Long>,
)

/** What the audit adds up to from `since` until `until`, the busiest first. */
data class Stats(
    val since: Double,
    val until: Double,
    val total: Usage,
    val servers: List<Usage>,
    val tools: List<Usage>,
)

/** What `thumb` of [Rating] can be. */
@JvmInline
value class RatingThumb(val word: String) {
    companion object {
        val UP = RatingThumb("up")
        val DOWN = RatingThumb("down")
    }
}

/** What a person thinks of one result; `record` is any record of its call in the audit. */
data class Rating(
    val record: Long,
    val thumb: RatingThumb,
    val note: String? = null,
)

/** What `state` of [ChainLink] can be. */
@JvmInline
value class ChainLinkState(val word: String) {
    companion object {
        val OK = ChainLinkState("ok")
        val WARNING = ChainLinkState("warning")
        val FAILED = ChainLinkState("failed")
        val SKIPPED = ChainLinkState("skipped")
    }
}

/** One link of the chain that a sign-in hangs on; `skipped` where one before it failed. `expected` says what should be so, `finding` what is; `who` acts and `remedy` says what they do, both empty where all is well, as is `reference`. */
data class ChainLink(
    val name: String,
    val expected: String,
    val state: ChainLinkState,
    val finding: String,
    val who: String,
    val remedy: String,
    val reference: String,
)

/** What `state` of [Check] can be. */
@JvmInline
value class CheckState(val word: String) {
    companion object {
        val OK = CheckState("ok")
        val WARNING = CheckState("warning")
        val FAILED = CheckState("failed")
    }
}

/** One finding of the doctor; `remedy` is empty when all is well. */
data class Check(
    val name: String,
    val state: CheckState,
    val finding: String,
    val remedy: String,
)

/** What `fate` of [TakenOver] can be. */
@JvmInline
value class TakenOverFate(val word: String) {
    companion object {
        val TAKEN = TakenOverFate("taken")
        val THERE = TakenOverFate("there")
        val APPROVED = TakenOverFate("approved")
        val PORTICO = TakenOverFate("portico")
        val LEFT = TakenOverFate("left")
    }
}

/** What becomes of one server of a host's file when Portico takes it over. `taken` is written into portico.toml, `there` stands there already, `approved` is behind Portico as `server`, `portico` is its own entry, and `left` stays where it is for `reason`. `toml` is what is written; `secrets` are the names of those that are kept sealed, `missing` of those that a person has to keep yet. */
data class TakenOver(
    val name: String,
    val fate: TakenOverFate,
    val server: String,
    val reason: String,
    val toml: String,
    val secrets: List<String>,
    val missing: List<String>,
)

/** One thing that went wrong: `who` acts, and `remedy` says what they do. */
data class FaultReport(
    val reference: String,
    val message: String,
    val who: String,
    val remedy: String,
    val data: JsonObject? = null,
)

/** Who is signed in; `storage` keeps that: `keyring`, `memory` or `unencrypted-file`. */
data class User(
    val name: String,
    val subject: String,
    val issuer: String,
    val groups: List<String>,
    val storage: String,
)

/** What the person does to sign in: open `page` on any device, and type `code` there. `complete` is the same page with the code filled in, where there is one; `lifetime` how long the code is good. */
data class UserCode(
    val code: String,
    val page: String,
    val complete: String? = null,
    val lifetime: Double,
)

/** What `by` of [Offline] can be. */
@JvmInline
value class OfflineBy(val word: String) {
    companion object {
        val PERSON = OfflineBy("person")
        val NETWORK = OfflineBy("network")
    }
}

/** Nothing beyond this computer is reached: by a person's word, `since` then, or for now. */
data class Offline(
    val by: OfflineBy,
    val since: Double?,
)

/** What `standing` of [Server] can be. */
@JvmInline
value class ServerStanding(val word: String) {
    companion object {
        val OFFERED = ServerStanding("offered")
        val WITHHELD = ServerStanding("withheld")
        val FORBIDDEN = ServerStanding("forbidden")
        val SIGN_IN_NEEDED = ServerStanding("sign-in-needed")
    }
}

/** What `state` of [Server] can be. */
@JvmInline
value class ServerState(val word: String) {
    companion object {
        val LIVE = ServerState("live")
        val SNAPSHOT = ServerState("snapshot")
        val ASKING = ServerState("asking")
        val ABSENT = ServerState("absent")
    }
}

/** What `era` of [Server] can be. */
@JvmInline
value class ServerEra(val word: String) {
    companion object {
        val LEGACY = ServerEra("legacy")
        val MODERN = ServerEra("modern")
        val UNKNOWN = ServerEra("unknown")
    }
}

/** One server the user may know of. `state` says where its tools come from, `fetched` when. */
data class Server(
    val server: String,
    val name: String,
    val title: String,
    val description: String,
    val owner: Owner,
    val reviewed: Boolean,
    val environment: String,
    val standing: ServerStanding,
    val reason: String,
    val state: ServerState,
    val era: ServerEra,
    val tools: Long,
    val fetched: Double?,
    val fault: FaultReport?,
)

/** What `way` of [Grant] can be. */
@JvmInline
value class GrantWay(val word: String) {
    companion object {
        val REFRESH = GrantWay("refresh")
        val EXCHANGE = GrantWay("exchange")
        val ENTERPRISE = GrantWay("enterprise")
        val OWN = GrantWay("own")
        val HEADER = GrantWay("header")
        val MESH = GrantWay("mesh")
        val NONE = GrantWay("none")
    }
}

/** What one server is sent of the person, and how that comes about. `way` is how a token is got: of the company's sign-in by `refresh`, `exchange`, or the company's word at the server's own issuer (`enterprise`); by a sign-in of the server's `own`; as a secret of the user's own in a `header`; `mesh` shows this machine's certificate and nothing of the person; `none` for a server that is sent nothing. `issuer` gives it out. `held` says that one is at hand, until `expires` (None where nobody said); `why` says what stands against it, in a sentence, and is empty also where none was needed yet. */
data class Grant(
    val server: String,
    val title: String,
    val way: GrantWay,
    val audience: String,
    val scopes: List<String>,
    val issuer: String,
    val held: Boolean,
    val expires: Double?,
    val why: String,
)

/** What `verdict` of [Tool] can be. */
@JvmInline
value class ToolVerdict(val word: String) {
    companion object {
        val ALLOW = ToolVerdict("allow")
        val ASK = ToolVerdict("ask")
        val DENY = ToolVerdict("deny")
    }
}

/** One tool: `name` is its public name, `tool` the server's own; `verdict` what a call meets. */
data class Tool(
    val name: String,
    val server: String,
    val tool: String,
    val title: String,
    val description: String,
    val risk: String,
    val verdict: ToolVerdict,
    val reason: String,
    val rule: String,
    val inputSchema: JsonObject,
)

/** What `role` of [Window] can be. */
@JvmInline
value class WindowRole(val word: String) {
    companion object {
        val MCP = WindowRole("mcp")
        val LSP = WindowRole("lsp")
        val CLI = WindowRole("cli")
    }
}

/** One session of the hub. `host` is what the client calls itself. */
data class Window(
    val id: String,
    val role: WindowRole,
    val host: String,
    val workspace: String?,
    val pid: Long,
    val paired: Boolean,
)

/** The process that answers. `standalone` is one that serves a single connection. */
data class Hub(
    val version: String,
    val pid: Long,
    val started: Double,
    val standalone: Boolean,
    val sessions: List<Window>,
)

/** Where the list of servers comes from; `fetched` is None before the first answer. */
data class Registry(
    val url: String,
    val fetched: Double?,
    val fault: FaultReport?,
)

/** Everything an editor's status bar needs. `summary` is one paragraph for a person. */
data class Status(
    val summary: String,
    val user: User?,
    val hub: Hub,
    val registry: Registry?,
    val servers: List<Server>,
    val pending: Long,
    val offline: Offline?,
    val problems: List<FaultReport>,
)

/** What `state` of [Pin] can be. */
@JvmInline
value class PinState(val word: String) {
    companion object {
        val TRUSTED = PinState("trusted")
        val BLOCKED = PinState("blocked")
    }
}

/** How one tool stands, or a server's instructions, whose `tool` is empty. `by` is whose word trusts it: `first use`, `the company`, `you`, or nobody's yet. `state` is `blocked` while it is in quarantine, for `reason`; `acceptable` says whether you may lift that. */
data class Pin(
    val server: String,
    val tool: String,
    val state: PinState,
    val by: String,
    val since: Double?,
    val digest: String,
    val reason: String,
    val says: String,
    val acceptable: Boolean,
)

/** What `verdict` of [Explanation] can be. */
@JvmInline
value class ExplanationVerdict(val word: String) {
    companion object {
        val ALLOW = ExplanationVerdict("allow")
        val ASK = ExplanationVerdict("ask")
        val DENY = ExplanationVerdict("deny")
    }
}

/** What a call would meet, why, and what helps. `groups` are those of which one is missing. `request` is a text to send to the owner where they can help; else it is empty. */
data class Explanation(
    val server: String,
    val tool: String,
    val name: String,
    val title: String,
    val owner: Owner,
    val verdict: ExplanationVerdict,
    val risk: String,
    val rule: String,
    val reason: String,
    val remedy: String,
    val groups: List<String>,
    val request: String,
)

/** What `verdict` of [Step] can be. */
@JvmInline
value class StepVerdict(val word: String) {
    companion object {
        val ALLOW = StepVerdict("allow")
        val ASK = StepVerdict("ask")
        val DENY = StepVerdict("deny")
        val NONE = StepVerdict("")
    }
}

/** One step to a verdict; `verdict` is empty where what was looked at said nothing. */
data class Step(
    val name: String,
    val verdict: StepVerdict,
    val rule: String,
    val finding: String,
)

/** A workspace as rules may speak of it; empty where it is not known. */
data class Place(
    val path: String,
    val remotes: List<String>,
    val tags: List<String>,
)

/** What `verdict` of [Weighing] can be. */
@JvmInline
value class WeighingVerdict(val word: String) {
    companion object {
        val ALLOW = WeighingVerdict("allow")
        val ASK = WeighingVerdict("ask")
        val DENY = WeighingVerdict("deny")
    }
}

/** The way to a verdict, step by step, and what the call would meet. `open` says that the arguments, which were not given, can still make it stricter. `surfaces` are the kinds of surface whose yes would count, the strongest first; `surface` is the one that would show the question now (empty: none would), and `prompt` what it would show. */
data class Weighing(
    val server: String,
    val title: String,
    val tool: String,
    val verdict: WeighingVerdict,
    val risk: String,
    val rule: String,
    val reason: String,
    val remedy: String,
    val open: Boolean,
    val steps: List<Step>,
    val groups: List<String>,
    val workspace: Place,
    val surfaces: List<String>,
    val surface: String,
    val lease: LeaseTerms?,
    val prompt: String,
)

/** The result of `portico/servers`. */
data class ServersResult(
    val servers: List<Server>,
)

/** The params of `portico/tools`. */
data class ToolsParams(
    val server: String? = null,
)

/** The result of `portico/tools`. */
data class ToolsResult(
    val tools: List<Tool>,
)

/** The result of `portico/grants`. */
data class GrantsResult(
    val grants: List<Grant>,
)

/** What `flow` of [SignInParams] can be. */
@JvmInline
value class SignInParamsFlow(val word: String) {
    companion object {
        val BEST = SignInParamsFlow("best")
        val PAGE = SignInParamsFlow("page")
        val DEVICE = SignInParamsFlow("device")
        val PASTE = SignInParamsFlow("paste")
    }
}

/** The params of `portico/signIn`. */
data class SignInParams(
    val server: String? = null,
    val flow: SignInParamsFlow? = null,
)

/** The result of `portico/signIn`. */
data class SignInResult(
    val user: User? = null,
)

/** The params of `portico/signInAnswer`. */
data class SignInAnswerParams(
    val url: String,
)

/** The params of `portico/signOut`. */
data class SignOutParams(
    val server: String? = null,
)

/** The params of `portico/call`. */
data class CallParams(
    val server: String,
    val tool: String,
    val arguments: JsonObject? = null,
)

/** The result of `portico/approvals`. */
data class ApprovalsResult(
    val approvals: List<Question>,
)

/** The result of `portico/leases`. */
data class LeasesResult(
    val leases: List<Lease>,
)

/** The params of `portico/revoke`. */
data class RevokeParams(
    val id: String? = null,
)

/** The result of `portico/revoke`. */
data class RevokeResult(
    val leases: List<Lease>,
)

/** The params of `portico/pair`. */
data class PairParams(
    val key: String,
)

/** The result of `portico/pair`. */
data class PairResult(
    val paired: Boolean,
)

/** The result of `portico/page`. */
data class PageResult(
    val url: String,
)

/** The params of `portico/stats`. */
data class StatsParams(
    val since: Double? = null,
)

/** The params of `portico/why`. */
data class WhyParams(
    val server: String,
    val tool: String? = null,
)

/** The result of `portico/doctor`. */
data class DoctorResult(
    val checks: List<Check>,
)

/** The result of `portico/doctorAuth`. */
data class DoctorAuthResult(
    val chain: List<ChainLink>,
)

/** The params of `portico/pins`. */
data class PinsParams(
    val server: String? = null,
)

/** The result of `portico/pins`. */
data class PinsResult(
    val pins: List<Pin>,
)

/** The params of `portico/pinDifference`. */
data class PinDifferenceParams(
    val server: String,
    val tool: String? = null,
)

/** The result of `portico/pinDifference`. */
data class PinDifferenceResult(
    val before: String,
    val after: String,
    val difference: List<String>,
)

/** The params of `portico/acceptPin`. */
data class AcceptPinParams(
    val server: String,
    val tool: String? = null,
)

/** The result of `portico/acceptPin`. */
data class AcceptPinResult(
    val digest: String,
)

/** The params of `portico/pinBlock`. */
data class PinBlockParams(
    val server: String,
)

/** The result of `portico/pinBlock`. */
data class PinBlockResult(
    val pins: JsonObject,
    val leftOut: List<String>,
)

/** The params of `portico/explain`. */
data class ExplainParams(
    val server: String,
    val tool: String,
    val arguments: JsonObject? = null,
    val workspace: String? = null,
)

/** The params of `portico/draft`. */
data class DraftParams(
    val server: String,
)

/** The result of `portico/draft`. */
data class DraftResult(
    val governance: JsonObject,
    val notes: List<String>,
)

/** The params of `portico/document`. */
data class DocumentParams(
    val uri: String,
)

/** The result of `portico/secrets`. */
data class SecretsResult(
    val names: List<String>,
)

/** The params of `portico/keepSecret`. */
data class KeepSecretParams(
    val name: String,
    val value: String,
)

/** The params of `portico/forgetSecret`. */
data class ForgetSecretParams(
    val name: String,
)

/** The result of `portico/forgetSecret`. */
data class ForgetSecretResult(
    val forgotten: Boolean,
)

/** The params of `portico/offline`. */
data class OfflineParams(
    val offline: Boolean,
)

/** The result of `portico/offline`. */
data class OfflineResult(
    val offline: Offline? = null,
)

/** The params of `portico/takeOver`. */
data class TakeOverParams(
    val text: String,
    val names: List<String>? = null,
    val path: String? = null,
    val dry: Boolean? = null,
)

/** The result of `portico/takeOver`. */
data class TakeOverResult(
    val file: String,
    val servers: List<TakenOver>,
)

/** The params of `portico/approve`. */
data class ApproveParams(
    val questions: List<Question>,
)

/** The result of `portico/approve`. */
data class ApproveResult(
    val answers: List<Reply>,
)

/** The params of `portico/changed`. */
data class ChangedParams(
    val what: String,
)
