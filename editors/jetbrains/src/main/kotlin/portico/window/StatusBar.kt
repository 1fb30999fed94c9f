package portico.window

import com.intellij.openapi.project.Project
import com.intellij.openapi.wm.StatusBar
import com.intellij.openapi.wm.StatusBarWidget
import com.intellij.openapi.wm.StatusBarWidgetFactory
import com.intellij.openapi.wm.ToolWindowManager
import com.intellij.util.Consumer
import java.awt.Component
import java.awt.event.MouseEvent
import portico.words.bar
import portico.words.barTooltip
import portico.words.neverHtml

private const val WIDGET = "Portico"

/** Who is signed in and what waits, in the status bar. */
class PorticoWidgetFactory : StatusBarWidgetFactory {
    override fun getId(): String = WIDGET

    override fun getDisplayName(): String = "Portico"

    override fun isAvailable(project: Project): Boolean = true

    override fun createWidget(project: Project): StatusBarWidget = PorticoWidget(project)
}

private class PorticoWidget(private val project: Project) : StatusBarWidget, StatusBarWidget.TextPresentation {
    private val window = PorticoWindow.of(project)

    override fun ID(): String = WIDGET

    override fun getPresentation(): StatusBarWidget.WidgetPresentation = this

    override fun install(statusBar: StatusBar) = window.onChange(this) { statusBar.updateWidget(WIDGET) }

    override fun getText(): String = neverHtml(bar(window.status, window.waiting, window.why))

    override fun getTooltipText(): String = neverHtml(barTooltip(window.status, window.why, window.paired))

    override fun getAlignment(): Float = Component.CENTER_ALIGNMENT

    override fun getClickConsumer(): Consumer<MouseEvent> =
        Consumer { ToolWindowManager.getInstance(project).getToolWindow(WIDGET)?.activate(null) }

    override fun dispose() = Unit
}
