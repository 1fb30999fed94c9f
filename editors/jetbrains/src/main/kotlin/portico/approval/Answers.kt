package portico.approval

import portico.contract.LeaseTerms
import portico.contract.Question
import portico.contract.Reply
import portico.contract.ReplyAnswer
import portico.words.typed

/** What a person's choice says to the hub. Whatever is not an explicit yes is a no. */

private const val MINUTES = 30L
private const val CALLS = 20L

/** No to this one call: closing, Escape and the first button. */
fun no(question: Question): Reply = Reply(question.id, ReplyAnswer.NO)

/** No, and to every further call of the tool in this session. */
fun stop(question: Question): Reply = Reply(question.id, ReplyAnswer.STOP)

/** Yes to exactly what was shown. */
fun yes(question: Question): Reply = Reply(question.id, ReplyAnswer.YES)

/** Yes with the arguments that the person left in the field; null where they are no JSON object. */
fun corrected(question: Question, text: String): Reply? {
    val wanted = typed(text) ?: return null
    return if (wanted == typed(question.arguments)) yes(question) else yes(question).copy(arguments = wanted)
}

/** The lease that a button offers: no more than a question allows, and never a long one. */
fun offered(question: Question): LeaseTerms? =
    question.lease?.let { LeaseTerms(minOf(it.minutes, MINUTES), minOf(it.calls, CALLS)) }

/** Yes to this call and to those that the lease is for. */
fun leased(question: Question, terms: LeaseTerms): Reply = yes(question).copy(lease = terms)

/** An answer for each of several: yes where its id was ticked, no for all else. */
fun batch(questions: List<Question>, ticked: Set<String>): List<Reply> =
    questions.map { if (it.id in ticked) yes(it) else no(it) }
