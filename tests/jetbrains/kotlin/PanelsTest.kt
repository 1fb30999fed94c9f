package portico.tests

import com.google.gson.JsonObject
import java.awt.Component
import java.awt.Container
import javax.swing.JCheckBox
import javax.swing.JTextArea
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import portico.approval.BatchPanel
import portico.approval.QuestionPanel
import portico.words.pretty

class PanelsTest {
    private val long = QUESTION.copy(arguments = """{"rows":[${(1..500).joinToString(",")}]}""")

    fun `arguments are shown in full, however long they are`() =
        assertTrue(areas(QuestionPanel(long)).any { it.text == pretty(long.arguments) })

    fun `arguments cannot be typed into before the person asks for it`() {
        val panel = QuestionPanel(QUESTION.copy(inputSchema = JsonObject()))
        assertTrue(areas(panel).none(JTextArea::isEditable))
        assertFalse(panel.correcting)
        boxes(panel).single().doClick()
        assertTrue(panel.correcting)
        assertEquals(pretty(QUESTION.arguments), areas(panel).single(JTextArea::isEditable).text)
    }

    fun `arguments that may not be corrected offer no box`() = assertEquals(emptyList(), boxes(QuestionPanel(QUESTION)))

    fun `a batch begins with nothing ticked and tells what is`() {
        val told = mutableListOf<Set<String>>()
        val panel = BatchPanel(listOf(QUESTION.copy(id = "a"), long.copy(id = "b")), told::add)
        assertEquals(emptySet(), panel.ticked)
        boxes(panel)[1].doClick()
        assertEquals(setOf("b"), panel.ticked)
        boxes(panel)[1].doClick()
        assertEquals(listOf(setOf("b"), emptySet()), told.map { it.toSet() })
    }

    fun `each of a batch shows its arguments in full`() {
        val texts = areas(BatchPanel(listOf(QUESTION, long)) {}).map(JTextArea::getText)
        assertTrue(pretty(QUESTION.arguments) in texts && pretty(long.arguments) in texts)
    }

    private fun all(within: Component): List<Component> =
        listOf(within) + ((within as? Container)?.components?.flatMap(::all) ?: emptyList())

    private fun areas(panel: Component) = all(panel).filterIsInstance<JTextArea>()

    private fun boxes(panel: Component) = all(panel).filterIsInstance<JCheckBox>()
}
