// Written from JetBrains/intellij-community 05fc59300692e9b84414edb53858ea3e5705fc7d
// platform/core-api/src/com/intellij/openapi/startup/StartupActivity.kt
package com.intellij.openapi.startup

import com.intellij.openapi.project.Project

interface ProjectActivity {
    suspend fun execute(project: Project)
}
