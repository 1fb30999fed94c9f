// Made from ide_protocol/own/contract by `python -m editors.contract`; do not edit.
package portico.contract

import com.google.gson.JsonObject
import java.util.concurrent.CompletableFuture
import org.eclipse.lsp4j.jsonrpc.services.JsonNotification
import org.eclipse.lsp4j.jsonrpc.services.JsonRequest
import org.eclipse.lsp4j.services.LanguageServer

/** What a client asks of the hub, beside all that a language server does. */
interface PorticoServer : LanguageServer {
    @JsonRequest("portico/status")
    fun status(): CompletableFuture<Status>

    @JsonRequest("portico/servers")
    fun servers(): CompletableFuture<ServersResult>

    @JsonRequest("portico/tools")
    fun tools(params: ToolsParams): CompletableFuture<ToolsResult>

    @JsonRequest("portico/grants")
    fun grants(): CompletableFuture<GrantsResult>

    @JsonRequest("portico/signIn")
    fun signIn(params: SignInParams): CompletableFuture<SignInResult>

    @JsonRequest("portico/signInAnswer")
    fun signInAnswer(params: SignInAnswerParams): CompletableFuture<JsonObject>

    @JsonRequest("portico/signOut")
    fun signOut(params: SignOutParams): CompletableFuture<JsonObject>

    @JsonRequest("portico/call")
    fun call(params: CallParams): CompletableFuture<JsonObject>

    @JsonRequest("portico/approvals")
    fun approvals(): CompletableFuture<ApprovalsResult>

    @JsonRequest("portico/answer")
    fun answer(params: Reply): CompletableFuture<JsonObject>

    @JsonRequest("portico/leases")
    fun leases(): CompletableFuture<LeasesResult>

    @JsonRequest("portico/revoke")
    fun revoke(params: RevokeParams): CompletableFuture<RevokeResult>

    @JsonRequest("portico/pair")
    fun pair(params: PairParams): CompletableFuture<PairResult>

    @JsonRequest("portico/page")
    fun page(): CompletableFuture<PageResult>

    @JsonRequest("portico/activity")
    fun activity(params: Page): CompletableFuture<Activity>

    @JsonRequest("portico/stats")
    fun stats(params: StatsParams): CompletableFuture<Stats>

    @JsonRequest("portico/why")
    fun why(params: WhyParams): CompletableFuture<Explanation>

    @JsonRequest("portico/doctor")
    fun doctor(): CompletableFuture<DoctorResult>

    @JsonRequest("portico/doctorAuth")
    fun doctorAuth(): CompletableFuture<DoctorAuthResult>

    @JsonRequest("portico/pins")
    fun pins(params: PinsParams): CompletableFuture<PinsResult>

    @JsonRequest("portico/pinDifference")
    fun pinDifference(params: PinDifferenceParams): CompletableFuture<PinDifferenceResult>

    @JsonRequest("portico/acceptPin")
    fun acceptPin(params: AcceptPinParams): CompletableFuture<AcceptPinResult>

    @JsonRequest("portico/pinBlock")
    fun pinBlock(params: PinBlockParams): CompletableFuture<PinBlockResult>

    @JsonRequest("portico/explain")
    fun explain(params: ExplainParams): CompletableFuture<Weighing>

    @JsonRequest("portico/draft")
    fun draft(params: DraftParams): CompletableFuture<DraftResult>

    @JsonRequest("portico/review")
    fun review(): CompletableFuture<Review>

    @JsonRequest("portico/document")
    fun document(params: DocumentParams): CompletableFuture<Text>

    @JsonRequest("portico/rate")
    fun rate(params: Rating): CompletableFuture<JsonObject>

    @JsonRequest("portico/secrets")
    fun secrets(): CompletableFuture<SecretsResult>

    @JsonRequest("portico/keepSecret")
    fun keepSecret(params: KeepSecretParams): CompletableFuture<JsonObject>

    @JsonRequest("portico/forgetSecret")
    fun forgetSecret(params: ForgetSecretParams): CompletableFuture<ForgetSecretResult>

    @JsonRequest("portico/offline")
    fun offline(params: OfflineParams): CompletableFuture<OfflineResult>

    @JsonRequest("portico/takeOver")
    fun takeOver(params: TakeOverParams): CompletableFuture<TakeOverResult>

    @JsonRequest("portico/stop")
    fun stop(): CompletableFuture<JsonObject>
}

/** What the hub asks of an editor, or tells it. */
interface PorticoEditor {
    @JsonRequest("portico/approve")
    fun approve(params: ApproveParams): CompletableFuture<ApproveResult>

    @JsonNotification("portico/changed")
    fun changed(params: ChangedParams)
}
