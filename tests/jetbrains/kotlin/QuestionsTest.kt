package portico.tests

import java.time.ZoneOffset
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import portico.contract.Change
import portico.words.changes
import portico.words.detail
import portico.words.headline

class QuestionsTest {
    fun `the headline names risk, tool and server`() =
        assertEquals("DESTRUCTIVE: run “drop_table” on Presto?", headline(QUESTION))

    fun `the detail says why, whose, who asks and until when`() {
        val text = detail(QUESTION, ZoneOffset.UTC)
        val parts = listOf("says the registry", "run by data-platform, slack://#presto-help", "Claude Code in /src/webshop", "92b4")
        (parts + "No answer until 11:11:40 means no.").forEach { assertTrue(it in text, "$it in $text") }
    }

    fun `a server that the company did not review is called so`() =
        assertTrue("not reviewed by your company" in detail(QUESTION.copy(reviewed = false)))

    fun `what changed since the last yes is said, also when it is nothing`() {
        assertEquals(emptyList(), changes(QUESTION))
        assertEquals(listOf("Since your last yes: nothing changed.", ""), changes(QUESTION.copy(changes = emptyList())))
        val changed = listOf(Change("limit", "10", null))
        assertEquals("  limit: 10 → (nothing)", changes(QUESTION.copy(changes = changed))[1])
    }

    fun `a changed tool shows what it has become`() =
        assertTrue("  - Reads a table" in detail(QUESTION.copy(difference = listOf("- Reads a table"))))
}
