package portico.lsp

import com.google.gson.Gson
import com.google.gson.JsonElement
import com.intellij.openapi.project.Project
import com.redhat.devtools.lsp4ij.ServerStatus
import com.redhat.devtools.lsp4ij.client.LanguageClientImpl
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import org.eclipse.lsp4j.ShowDocumentParams
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException
import portico.contract.ApproveParams
import portico.contract.ApproveResult
import portico.contract.ChangedParams
import portico.contract.FaultReport
import portico.contract.PorticoEditor
import portico.contract.PorticoServer
import portico.window.PorticoWindow
import portico.words.said

/** This editor, as the hub sees it: it shows questions and hears of changes. */
class PorticoClient(project: Project) : LanguageClientImpl(project), PorticoEditor {
    private val window = PorticoWindow.of(project)

    /** The hub's own methods; null before it is connected. */
    val hub: PorticoServer?
        get() = languageServer as? PorticoServer

    override fun approve(params: ApproveParams): CompletableFuture<ApproveResult> = window.approvals.ask(params.questions)

    override fun changed(params: ChangedParams) = window.refresh()

    override fun handleServerStatusChanged(serverStatus: ServerStatus) {
        when (serverStatus) {
            ServerStatus.started -> window.connected(this)
            ServerStatus.stopping -> window.disconnected(this)
            else -> Unit
        }
    }

    override fun dispose() {
        window.disconnected(this)
        super.dispose()
    }

    /** Opens a page in the person's browser. */
    fun open(url: String) {
        showDocument(ShowDocumentParams(url).apply { external = true })
    }
}

/** What went wrong, for a person. */
fun said(wrong: Throwable): String {
    val cause = if (wrong is CompletionException) wrong.cause ?: wrong else wrong
    val error = (cause as? ResponseErrorException)?.responseError
    val fault = (error?.data as? JsonElement)?.let { runCatching { Gson().fromJson(it, FaultReport::class.java) }.getOrNull() }
    return said(error?.message ?: cause.message ?: cause.toString(), fault)
}
