package portico.tests

import kotlin.test.assertEquals
import kotlin.test.assertNull
import portico.approval.batch
import portico.approval.corrected
import portico.approval.leased
import portico.approval.offered
import portico.contract.LeaseTerms
import portico.contract.ReplyAnswer

class AnswersTest {
    fun `what is not ticked is a no`() {
        val questions = listOf("a", "b", "c").map { QUESTION.copy(id = it) }
        val answers = batch(questions, setOf("b", "of another batch"))
        assertEquals(listOf("a" to "no", "b" to "yes", "c" to "no"), answers.map { it.id to it.answer.word })
    }

    fun `a lease is never more than the question allows, and never a long one`() {
        assertNull(offered(QUESTION))
        assertEquals(LeaseTerms(30, 20), offered(QUESTION.copy(lease = LeaseTerms(600, 500))))
        assertEquals(LeaseTerms(5, 3), offered(QUESTION.copy(lease = LeaseTerms(5, 3))))
        assertEquals(LeaseTerms(5, 3), leased(QUESTION, LeaseTerms(5, 3)).lease)
    }

    fun `arguments that were left as they are come with no correction`() {
        assertNull(corrected(QUESTION, QUESTION.arguments)?.arguments)
        assertNull(corrected(QUESTION, portico.words.pretty(QUESTION.arguments))?.arguments)
    }

    fun `a correction is what was typed, to the last digit`() {
        val reply = corrected(QUESTION, """{"table": "dev_alice.other", "limit": 98765432109876543210}""")
        assertEquals(ReplyAnswer.YES, reply?.answer)
        assertEquals("""{"table":"dev_alice.other","limit":98765432109876543210}""", reply?.arguments.toString())
    }

    fun `what is no JSON object is no correction`() {
        for (text in listOf("", "[]", "1", "{", "{a: 1}", "{} {}", """{"a":1} x""", "null")) {
            assertNull(corrected(QUESTION, text), text)
        }
    }
}
