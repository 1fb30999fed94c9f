package portico.approval

import java.awt.BorderLayout
import java.awt.Component
import java.awt.Dimension
import java.awt.Font
import javax.swing.BorderFactory
import javax.swing.BoxLayout
import javax.swing.JCheckBox
import javax.swing.JComponent
import javax.swing.JPanel
import javax.swing.JScrollPane
import javax.swing.JTextArea
import portico.contract.Question
import portico.words.detail
import portico.words.headline
import portico.words.line
import portico.words.neverHtml
import portico.words.pretty

/** What the dialogs show, in plain Swing. Text stands in text areas, which know no HTML. */

private const val GAP = 8
private const val COLUMNS = 80
private const val MOST_ROWS = 24
private const val MOST_ROWS_OF_MANY = 8

/** One question: its headline, its arguments in full, and all that is known of it. */
class QuestionPanel(question: Question) : JPanel(BorderLayout(GAP, GAP)) {
    private val arguments = area(pretty(question.arguments), monospaced = true)
    private val correct = JCheckBox("Correct the arguments; what is left here runs, and the model is told")
    private val complaint = area("")

    /** Whether the person wants to correct the arguments. */
    val correcting: Boolean get() = correct.isSelected

    /** The arguments as they stand in the field. */
    val text: String get() = arguments.text

    init {
        correct.addActionListener { arguments.isEditable = correct.isSelected }
        val below = column(area(detail(question)), complaint)
        if (question.inputSchema != null) {
            below.add(correct, 0)
        }
        add(area(headline(question), bold = true), BorderLayout.NORTH)
        add(scrolled(arguments, MOST_ROWS), BorderLayout.CENTER)
        add(below, BorderLayout.SOUTH)
    }

    /** Says that what stands in the field cannot be sent. */
    fun complain() {
        complaint.text = "The arguments are no JSON object, and nothing was run."
    }
}

/** Several questions, one below the other. [onTicked] is told which boxes are ticked, by the questions' ids. */
class BatchPanel(questions: List<Question>, onTicked: (Set<String>) -> Unit) : JPanel(BorderLayout(GAP, GAP)) {
    private val boxes = questions.associate { it.id to JCheckBox(neverHtml(line(it))) }

    /** The ids of the questions whose boxes are ticked. */
    val ticked: Set<String> get() = boxes.filterValues(JCheckBox::isSelected).keys

    init {
        boxes.values.forEach { box -> box.addActionListener { onTicked(ticked) } }
        val hosts = questions.map(Question::host).distinct().joinToString(", ")
        val title = "$hosts asks to run ${questions.size} calls. Tick those that may run; the others do not."
        val rows = column(*questions.map { row(it, boxes.getValue(it.id)) }.toTypedArray())
        add(area(title, bold = true), BorderLayout.NORTH)
        add(JScrollPane(rows).apply { preferredSize = Dimension(preferredSize.width, minOf(preferredSize.height, 600)) })
    }

    private fun row(question: Question, box: JCheckBox): JPanel = JPanel(BorderLayout(GAP, 2)).apply {
        border = BorderFactory.createEmptyBorder(GAP, GAP, GAP, GAP)
        add(box, BorderLayout.NORTH)
        add(scrolled(area(pretty(question.arguments), monospaced = true), MOST_ROWS_OF_MANY), BorderLayout.CENTER)
        add(area(detail(question)), BorderLayout.SOUTH)
    }
}

private fun area(text: String, monospaced: Boolean = false, bold: Boolean = false): JTextArea =
    JTextArea(text, 0, COLUMNS).apply {
        isEditable = false
        isOpaque = monospaced
        lineWrap = true
        wrapStyleWord = !monospaced
        caretPosition = 0
        if (monospaced) font = Font(Font.MONOSPACED, Font.PLAIN, font.size)
        if (bold) font = font.deriveFont(Font.BOLD)
    }

private fun scrolled(area: JTextArea, most: Int): JScrollPane {
    area.rows = minOf(area.lineCount, most)
    return JScrollPane(area).apply { alignmentX = Component.LEFT_ALIGNMENT }
}

private fun column(vararg parts: JComponent): JPanel = JPanel().apply {
    layout = BoxLayout(this, BoxLayout.Y_AXIS)
    parts.forEach { part -> add(part.apply { alignmentX = Component.LEFT_ALIGNMENT }) }
}
