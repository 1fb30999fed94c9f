// Written from JetBrains/intellij-community 06b6f557919e109c8e8682109fa7fe4a0221bdcf
// platform/ide-core/src/com/intellij/notification/NotificationGroup.kt
package com.intellij.notification

class NotificationGroup private constructor() {
    fun createNotification(content: String, type: NotificationType): Notification = throw UnsupportedOperationException()
}
