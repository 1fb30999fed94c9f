package portico.window

import com.intellij.openapi.project.Project
import com.intellij.openapi.startup.ProjectActivity

/** Starts Portico with a project: questions come whether or not a file is open. */
class Startup : ProjectActivity {
    override suspend fun execute(project: Project) = start(project)
}
