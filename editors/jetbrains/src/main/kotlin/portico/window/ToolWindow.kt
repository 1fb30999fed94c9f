package portico.window

import com.intellij.openapi.Disposable
import com.intellij.openapi.fileEditor.FileEditorManager
import com.intellij.openapi.fileTypes.PlainTextFileType
import com.intellij.openapi.project.DumbAware
import com.intellij.openapi.project.Project
import com.intellij.openapi.wm.ToolWindow
import com.intellij.openapi.wm.ToolWindowFactory
import com.intellij.testFramework.LightVirtualFile
import java.awt.BorderLayout
import java.awt.Component
import java.awt.event.MouseAdapter
import java.awt.event.MouseEvent
import javax.swing.DefaultListCellRenderer
import javax.swing.DefaultListModel
import javax.swing.JList
import javax.swing.JPanel
import javax.swing.JPopupMenu
import javax.swing.JScrollPane
import javax.swing.JTree
import javax.swing.ToolTipManager
import javax.swing.tree.DefaultMutableTreeNode
import javax.swing.tree.DefaultTreeModel
import javax.swing.tree.TreePath
import portico.contract.Page
import portico.contract.Rating
import portico.contract.RatingThumb
import portico.contract.Server
import portico.contract.Tool
import portico.contract.ToolsParams
import portico.contract.WhyParams
import portico.words.Line
import portico.words.neverHtml
import portico.words.recordLine
import portico.words.serverLine
import portico.words.toolLine
import portico.words.why

private const val MOST = 50L

/** The tool window: servers with their tools, and what happened. */
class PorticoToolWindowFactory : ToolWindowFactory, DumbAware {
    override fun createToolWindowContent(project: Project, toolWindow: ToolWindow) {
        val window = PorticoWindow.of(project)
        val manager = toolWindow.contentManager
        manager.addContent(manager.factory.createContent(CatalogPanel(project, window, toolWindow.disposable), "Servers", false))
        manager.addContent(manager.factory.createContent(ActivityPanel(window, toolWindow.disposable), "Activity", false))
    }
}

/** A row of the tree: a server, or one of its tools. */
private class Row(val server: Server, val tool: Tool?) {
    val line: Line = tool?.let(::toolLine) ?: serverLine(server)

    override fun toString(): String = neverHtml(line.text)
}

/** Servers and their tools; a double click on either says why it runs, asks or is denied. */
private class CatalogPanel(private val project: Project, private val window: PorticoWindow, parent: Disposable) :
    JPanel(BorderLayout()) {
    private val root = DefaultMutableTreeNode()
    private val tree = object : JTree(root) {
        override fun getToolTipText(event: MouseEvent): String? = row(event)?.let { neverHtml(it.line.more) }
    }

    init {
        tree.isRootVisible = false
        tree.showsRootHandles = true
        ToolTipManager.sharedInstance().registerComponent(tree)
        tree.addMouseListener(object : MouseAdapter() {
            override fun mouseClicked(event: MouseEvent) {
                if (event.clickCount == 2) row(event)?.let(::explain)
            }
        })
        add(JScrollPane(tree), BorderLayout.CENTER)
        window.onChange(parent, ::refresh)
        refresh()
    }

    private fun row(event: MouseEvent): Row? =
        (tree.getPathForLocation(event.x, event.y)?.lastPathComponent as? DefaultMutableTreeNode)?.userObject as? Row

    private fun refresh() {
        val hub = window.client?.hub ?: return show(emptyList(), emptyMap())
        hub.servers().thenCombine(hub.tools(ToolsParams())) { servers, tools ->
            window.onDispatch { show(servers.servers, tools.tools.groupBy(Tool::server)) }
        }
    }

    private fun show(servers: List<Server>, tools: Map<String, List<Tool>>) {
        val open = root.children().asSequence().filter { tree.isExpanded(path(it)) }.mapNotNull(::server).toSet()
        root.removeAllChildren()
        for (server in servers) {
            val branch = DefaultMutableTreeNode(Row(server, null))
            tools[server.server].orEmpty().forEach { branch.add(DefaultMutableTreeNode(Row(server, it))) }
            root.add(branch)
        }
        (tree.model as DefaultTreeModel).reload()
        root.children().asSequence().filter { server(it) in open }.forEach { tree.expandPath(path(it)) }
    }

    private fun path(node: Any): TreePath = TreePath(arrayOf(root, node))

    private fun server(node: Any): String? = ((node as? DefaultMutableTreeNode)?.userObject as? Row)?.server?.server

    private fun explain(row: Row) =
        window.ask({ it.why(WhyParams(row.server.server, row.tool?.tool)) }) { open(project, "portico-why.txt", why(it)) }
}

/** How each call ended, the latest first; its menu takes a thumb for the result that is selected. */
private class ActivityPanel(private val window: PorticoWindow, parent: Disposable) : JPanel(BorderLayout()) {
    private val model = DefaultListModel<Line>()
    private val list = object : JList<Line>(model) {
        override fun getToolTipText(event: MouseEvent): String? =
            locationToIndex(event.point).takeIf { it >= 0 }?.let { neverHtml(model.getElementAt(it).more) }
    }

    init {
        list.cellRenderer = object : DefaultListCellRenderer() {
            override fun getListCellRendererComponent(
                list: JList<*>, value: Any?, index: Int, selected: Boolean, focused: Boolean,
            ): Component = super.getListCellRendererComponent(list, neverHtml((value as Line).text), index, selected, focused)
        }
        list.componentPopupMenu = JPopupMenu().apply {
            add("This result was right").addActionListener { rate(RatingThumb.UP) }
            add("This result was wrong").addActionListener { rate(RatingThumb.DOWN) }
        }
        add(JScrollPane(list), BorderLayout.CENTER)
        window.onChange(parent, ::refresh)
        refresh()
    }

    private fun rate(thumb: RatingThumb) {
        val chosen = list.selectedValue ?: return
        window.ask({ it.rate(Rating(chosen.record, thumb)) }) {}
    }

    private fun refresh() {
        val hub = window.client?.hub ?: return model.clear()
        hub.activity(Page(event = "outcome", limit = MOST)).thenAccept { found ->
            window.onDispatch {
                model.clear()
                found.records.asReversed().forEach { model.addElement(recordLine(it)) }
            }
        }
    }
}

/** Shows text in an editor of its own. */
fun open(project: Project, name: String, text: String) {
    val file = LightVirtualFile(name, PlainTextFileType.INSTANCE, text).apply { isWritable = false }
    FileEditorManager.getInstance(project).openFile(file, true)
}
