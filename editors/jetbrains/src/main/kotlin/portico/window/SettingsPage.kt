package portico.window

import com.intellij.openapi.options.Configurable
import java.awt.BorderLayout
import javax.swing.JComponent
import javax.swing.JLabel
import javax.swing.JPanel
import javax.swing.JTextField
import portico.lsp.PorticoSettings

/** *Settings, Tools, Portico*: which program runs. */
class SettingsPage : Configurable {
    private val path = JTextField()

    override fun getDisplayName(): String = "Portico"

    override fun createComponent(): JComponent {
        val row = JPanel(BorderLayout(8, 0)).apply {
            add(JLabel("Absolute path of the program (empty: looked for on the PATH):"), BorderLayout.WEST)
            add(path, BorderLayout.CENTER)
        }
        return JPanel(BorderLayout()).apply { add(row, BorderLayout.NORTH) }
    }

    override fun isModified(): Boolean = path.text.trim() != PorticoSettings.instance.path

    override fun apply() {
        PorticoSettings.instance.path = path.text.trim()
    }

    override fun reset() {
        path.text = PorticoSettings.instance.path
    }
}
