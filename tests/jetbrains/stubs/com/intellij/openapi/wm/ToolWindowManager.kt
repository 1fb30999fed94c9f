// Written from JetBrains/intellij-community 07e9a2c7aed4f7424b2933d9c33fd4d439ea4441
// platform/platform-api/src/com/intellij/openapi/wm/ToolWindowManager.kt
package com.intellij.openapi.wm

import com.intellij.openapi.project.Project

abstract class ToolWindowManager {
    abstract fun getToolWindow(id: String?): ToolWindow?

    companion object {
        @JvmStatic
        fun getInstance(project: Project): ToolWindowManager = throw UnsupportedOperationException()
    }
}
