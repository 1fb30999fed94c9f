package portico.lsp

import com.google.gson.JsonObject
import com.intellij.execution.configurations.GeneralCommandLine
import com.intellij.openapi.project.Project
import com.redhat.devtools.lsp4ij.LanguageServerFactory
import com.redhat.devtools.lsp4ij.client.LanguageClientImpl
import com.redhat.devtools.lsp4ij.client.features.LSPClientFeatures
import com.redhat.devtools.lsp4ij.server.CannotStartProcessException
import com.redhat.devtools.lsp4ij.server.OSProcessStreamConnectionProvider
import com.redhat.devtools.lsp4ij.server.StreamConnectionProvider
import org.eclipse.lsp4j.services.LanguageServer
import portico.contract.PorticoServer

/** The name of this language server in `plugin.xml`. */
const val SERVER = "portico"

/** How LSP4IJ starts `portico lsp`, and what it speaks with it. */
class PorticoServerFactory : LanguageServerFactory {
    override fun createConnectionProvider(project: Project): StreamConnectionProvider = Connection(project)

    override fun createLanguageClient(project: Project): LanguageClientImpl = PorticoClient(project)

    override fun getServerInterface(): Class<out LanguageServer> = PorticoServer::class.java

    override fun createClientFeatures(): LSPClientFeatures = Features()

    private class Features : LSPClientFeatures() {
        // Questions come whether or not a file is open.
        override fun keepServerAlive(): Boolean = true
    }
}

/** The process of one project, and what this editor says that it can do. */
private class Connection(private val project: Project) : OSProcessStreamConnectionProvider() {
    override fun start() {
        when (val found = PorticoSettings.instance.program()) {
            is Found.At -> setCommandLine(GeneralCommandLine(found.path, "lsp").withWorkDirectory(project.basePath))
            is Found.Nowhere -> throw CannotStartProcessException(found.why)
        }
        super.start()
    }

    override fun getExperimentalFeaturesPOJO(): Any {
        val portico = JsonObject()
        portico.addProperty("approvals", true)
        portico.addProperty("changes", true)
        return JsonObject().apply { add("portico", portico) }
    }
}
