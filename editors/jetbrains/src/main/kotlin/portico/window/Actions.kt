package portico.window

import com.intellij.notification.NotificationType
import com.intellij.openapi.actionSystem.AnAction
import com.intellij.openapi.actionSystem.AnActionEvent
import com.intellij.openapi.project.DumbAware
import com.intellij.openapi.project.Project
import com.redhat.devtools.lsp4ij.LanguageServerManager
import java.awt.Toolkit
import java.awt.datatransfer.StringSelection
import portico.contract.SignInParams
import portico.contract.SignOutParams
import portico.lsp.Found
import portico.lsp.PorticoSettings
import portico.lsp.SERVER
import portico.words.debugInformation

/** What people can tell Portico to do; each stands under *Tools, Portico*. */
abstract class PorticoAction : AnAction(), DumbAware {
    final override fun actionPerformed(event: AnActionEvent) {
        val project = event.project ?: return
        act(project, PorticoWindow.of(project))
    }

    protected abstract fun act(project: Project, window: PorticoWindow)
}

/** Opens the company's sign-on; the hub has the IDE show the page. */
class SignIn : PorticoAction() {
    override fun act(project: Project, window: PorticoWindow) = window.ask({ it.signIn(SignInParams()) }) { found ->
        found.user?.let { window.tell("Portico: signed in as ${it.name}.", NotificationType.INFORMATION) }
    }
}

/** Forgets the sign-in, for every window. */
class SignOut : PorticoAction() {
    override fun act(project: Project, window: PorticoWindow) = window.ask({ it.signOut(SignOutParams()) }) {
        window.tell("Portico: signed out.", NotificationType.INFORMATION)
    }
}

/** Opens Portico's page: what waits, and pairing. */
class OpenPage : PorticoAction() {
    override fun act(project: Project, window: PorticoWindow) = window.ask({ it.page() }) { window.client?.open(it.url) }
}

/** Shows everything that waits, here and in other windows, and what is held back, in an editor. */
class Review : PorticoAction() {
    override fun act(project: Project, window: PorticoWindow) =
        window.ask({ it.review() }) { open(project, "portico-review.md", it.text) }
}

/** Puts what Portico found when it looked at itself on the clipboard. */
class CopyDebugInformation : PorticoAction() {
    override fun act(project: Project, window: PorticoWindow) = window.ask({ it.doctor() }) { found ->
        val program = (PorticoSettings.instance.program() as? Found.At)?.path ?: "not found"
        val text = debugInformation(program, found.checks)
        Toolkit.getDefaultToolkit().systemClipboard.setContents(StringSelection(text), null)
        window.tell("Copied what Portico found when it looked at itself.", NotificationType.INFORMATION)
    }
}

/** Starts `portico lsp` of this project again. */
class Restart : PorticoAction() {
    override fun act(project: Project, window: PorticoWindow) = start(project, again = true)
}

/** Starts `portico lsp` for a project, or says why that cannot be. */
fun start(project: Project, again: Boolean = false) {
    val window = PorticoWindow.of(project)
    when (val found = PorticoSettings.instance.program()) {
        is Found.Nowhere -> {
            window.why = "not found"
            window.tell(found.why, NotificationType.WARNING)
        }
        is Found.At -> {
            val options = LanguageServerManager.StartOptions().setForceStart(true).setForceRestart(again)
            LanguageServerManager.getInstance(project).start(SERVER, options)
        }
    }
}
