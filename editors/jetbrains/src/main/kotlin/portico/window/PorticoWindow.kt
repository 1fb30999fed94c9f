package portico.window

import com.intellij.notification.NotificationGroupManager
import com.intellij.notification.NotificationType
import com.intellij.openapi.Disposable
import com.intellij.openapi.application.ApplicationManager
import com.intellij.openapi.application.ModalityState
import com.intellij.openapi.project.Project
import com.intellij.openapi.util.Disposer
import com.intellij.util.concurrency.AppExecutorUtil
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicReference
import portico.approval.Approvals
import portico.contract.PairParams
import portico.contract.PorticoServer
import portico.contract.Status
import portico.lsp.PorticoClient
import portico.lsp.pairingKey
import portico.lsp.said
import portico.words.asHtml

/** What one project's window has of Portico, kept up to date. */
class PorticoWindow(private val project: Project) : Disposable {
    /** How refreshing stands: nobody asks, somebody does, or somebody does and things have changed since. */
    private enum class Asking { NOT, ONCE, AGAIN }

    private val listeners = CopyOnWriteArrayList<() -> Unit>()
    private val asking = AtomicReference(Asking.NOT)

    /** Where questions are put to the person. */
    val approvals = Approvals(project, ::waits)

    /** How things stood last; null while there is no hub. */
    @Volatile var status: Status? = null
        private set

    /** Why there is no hub, in a few words. */
    @Volatile var why: String = "starting"

    /** Whether the person accepted this editor when they signed in. */
    @Volatile var paired: Boolean = false
        private set

    /** How many questions wait in this window. */
    @Volatile var waiting: Int = 0
        private set

    /** The connection; null while there is none. */
    @Volatile var client: PorticoClient? = null
        private set

    /** Calls [listener] on the event dispatch thread whenever something here has changed, until [parent] ends. */
    fun onChange(parent: Disposable, listener: () -> Unit) {
        listeners.add(listener)
        Disposer.register(parent) { listeners.remove(listener) }
    }

    /** The hub answers in this project; what waits for the keyring does not wait on the caller's thread. */
    fun connected(client: PorticoClient) {
        this.client = client
        AppExecutorUtil.getAppExecutorService().execute {
            try {
                paired = client.hub?.pair(PairParams(pairingKey()))?.join()?.paired == true
            } catch (wrong: RuntimeException) {
                tell("This editor could not be paired: ${said(wrong)}", NotificationType.WARNING)
            }
            refresh()
        }
    }

    /** The hub is gone. */
    fun disconnected(client: PorticoClient) {
        if (this.client === client) {
            this.client = null
            status = null
            paired = false
            why = "not running"
            changed()
        }
    }

    /** Asks again how things are; changes that come meanwhile are asked about once. */
    fun refresh() {
        if (asking.getAndUpdate { if (it == Asking.NOT) Asking.ONCE else Asking.AGAIN } != Asking.NOT) {
            return
        }
        val answer = client?.hub?.status() ?: CompletableFuture.completedFuture(null)
        answer.whenComplete { found, _ ->
            status = found
            changed()
            if (asking.getAndSet(Asking.NOT) == Asking.AGAIN) {
                refresh()
            }
        }
    }

    /** Asks the hub for something, and says what is wrong and who must act where that fails. */
    fun <T> ask(call: (PorticoServer) -> CompletableFuture<T>, then: (T) -> Unit) {
        val hub = client?.hub
        if (hub == null) {
            tell("Portico is not running here.", NotificationType.WARNING)
            return
        }
        call(hub).whenComplete { found, wrong ->
            if (wrong != null) {
                tell(said(wrong), NotificationType.ERROR)
            } else {
                onDispatch { then(found) }
            }
            refresh()
        }
    }

    /** Says something to the person, beside their work. */
    fun tell(text: String, type: NotificationType) {
        NotificationGroupManager.getInstance().getNotificationGroup("Portico")
            .createNotification(asHtml(text), type).notify(project)
    }

    override fun dispose() = Unit

    private fun waits(count: Int) {
        waiting = count
        changed()
    }

    private fun changed() = onDispatch { listeners.forEach { it() } }

    /** Runs something on the event dispatch thread, also while a dialog is open. */
    fun onDispatch(run: () -> Unit) = ApplicationManager.getApplication().invokeLater(run, ModalityState.any())

    companion object {
        /** The window of a project. */
        fun of(project: Project): PorticoWindow = project.getService(PorticoWindow::class.java)
    }
}
