package portico.lsp

import com.intellij.openapi.application.ApplicationManager
import com.intellij.openapi.components.PersistentStateComponent
import com.intellij.openapi.components.State
import com.intellij.openapi.components.Storage

/** What a person set, for every project: a project has no say in which program runs. */
@State(name = "Portico", storages = [Storage("portico.xml")])
class PorticoSettings : PersistentStateComponent<PorticoSettings.Values> {
    /** [path] is the program's absolute path; empty: it is looked for on the PATH. */
    class Values {
        var path: String = ""
    }

    private var values = Values()

    /** The program's absolute path; empty where nothing was set. */
    var path: String
        get() = values.path
        set(value) {
            values.path = value
        }

    override fun getState(): Values = values

    override fun loadState(state: Values) {
        values = state
    }

    /** Finds the program. */
    fun program(): Found = find(path, System.getenv("PATH") ?: "")

    companion object {
        val instance: PorticoSettings
            get() = ApplicationManager.getApplication().getService(PorticoSettings::class.java)
    }
}
