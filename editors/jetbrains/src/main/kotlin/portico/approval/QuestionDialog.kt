package portico.approval

import com.intellij.openapi.project.Project
import com.intellij.openapi.ui.DialogWrapper
import java.awt.event.ActionEvent
import javax.swing.AbstractAction
import javax.swing.Action
import javax.swing.JComponent
import portico.contract.Question
import portico.contract.Reply

/**
 * A modal dialog that asks, and what its answer is: no to everything until a button says otherwise.
 *
 * The button that Enter and Space press runs nothing, because a dialog can come while somebody types.
 */
abstract class QuestionDialog(project: Project, questions: List<Question>, nothing: String) :
    DialogWrapper(project, false, IdeModalityType.IDE) {
    /** What is answered when the dialog has closed. */
    var replies: List<Reply> = questions.map(::no)
        private set

    private val nothing = action(nothing) { close() }.apply {
        putValue(DEFAULT_ACTION, true)
        putValue(FOCUSED_ACTION, true)
    }

    /** The buttons beside the one that runs nothing. */
    protected abstract val others: List<Action>

    final override fun createActions(): Array<Action> = (listOf(nothing) + others).toTypedArray()

    final override fun getPreferredFocusedComponent(): JComponent? = getButton(nothing)

    /** Closes it without a yes. */
    fun close() = close(CANCEL_EXIT_CODE)

    /** Closes it with an answer. */
    protected fun close(answered: List<Reply>) {
        replies = answered
        close(OK_EXIT_CODE)
    }

    /** A button that does something. */
    protected fun action(name: String, run: () -> Unit): Action = object : AbstractAction(name) {
        override fun actionPerformed(event: ActionEvent) = run()
    }
}

/** One question. */
class OneQuestionDialog(project: Project, private val question: Question) :
    QuestionDialog(project, listOf(question), "Don't Run") {
    private val panel = QuestionPanel(question)

    override val others = buildList {
        add(action("Allow Once") { allow() })
        offered(question)?.let { terms ->
            add(action("Allow ${terms.calls} Calls in ${terms.minutes} Minutes") { close(listOf(leased(question, terms))) })
        }
        add(action("Don't Run, Stop Asking") { close(listOf(stop(question))) })
    }

    init {
        title = "Portico: ${question.tag}"
        init()
    }

    override fun createCenterPanel(): JComponent = panel

    private fun allow() {
        val answer = if (panel.correcting) corrected(question, panel.text) else yes(question)
        if (answer == null) panel.complain() else close(listOf(answer))
    }
}

/** Several questions, each with a box of its own, none of them ticked. */
class BatchDialog(project: Project, private val questions: List<Question>) :
    QuestionDialog(project, questions, "Run None") {
    private val run: Action = action("Run Those Ticked") { close(batch(questions, panel.ticked)) }
    private val panel: BatchPanel = BatchPanel(questions) { run.isEnabled = it.isNotEmpty() }

    override val others = listOf(run)

    init {
        run.isEnabled = false
        title = "Portico: ${questions.size} calls"
        init()
    }

    override fun createCenterPanel(): JComponent = panel
}
