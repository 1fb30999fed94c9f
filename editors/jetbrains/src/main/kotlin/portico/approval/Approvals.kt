package portico.approval

import com.intellij.openapi.application.ApplicationManager
import com.intellij.openapi.application.ModalityState
import com.intellij.openapi.project.Project
import java.util.concurrent.CompletableFuture
import portico.contract.ApproveResult
import portico.contract.Question

/**
 * The questions of one window: dialogs, one at a time, in the order in which they came.
 *
 * @param onWaiting is told how many questions wait, the one that shows among them.
 */
class Approvals(private val project: Project, private val onWaiting: (Int) -> Unit) {
    private class Prompt(val questions: List<Question>, val answer: CompletableFuture<ApproveResult>)

    // Both are for the event dispatch thread alone.
    private val prompts = ArrayDeque<Prompt>()
    private var showing: QuestionDialog? = null

    /** Puts questions to the person. Cancelling what is returned, as `$/cancelRequest` does, takes them away. */
    fun ask(questions: List<Question>): CompletableFuture<ApproveResult> {
        val prompt = Prompt(questions, CompletableFuture())
        prompt.answer.whenComplete { _, _ -> onDispatch { withdraw(prompt) } }
        onDispatch {
            prompts.addLast(prompt)
            tell()
            showNext()
        }
        return prompt.answer
    }

    private fun showNext() {
        if (showing != null) {
            return
        }
        val prompt = prompts.firstOrNull() ?: return
        if (prompt.answer.isDone) {
            withdraw(prompt)
            return showNext()
        }
        val dialog = dialog(project, prompt.questions)
        showing = dialog
        try {
            dialog.show()
        } finally {
            showing = null
            prompts.remove(prompt)
            // Where the hub took the question away meanwhile, nobody is told an answer.
            prompt.answer.complete(ApproveResult(dialog.replies))
            tell()
        }
        onDispatch(::showNext)
    }

    private fun withdraw(prompt: Prompt) {
        if (prompts.firstOrNull() === prompt && showing != null) {
            showing?.close()
        } else if (prompts.remove(prompt)) {
            tell()
        }
    }

    private fun tell() = onWaiting(prompts.sumOf { it.questions.size })

    // In any modality: a question that waited for another dialog to close would be a no by then.
    private fun onDispatch(run: () -> Unit) = ApplicationManager.getApplication().invokeLater(run, ModalityState.any())
}

private fun dialog(project: Project, questions: List<Question>): QuestionDialog =
    questions.singleOrNull()?.let { OneQuestionDialog(project, it) } ?: BatchDialog(project, questions)
