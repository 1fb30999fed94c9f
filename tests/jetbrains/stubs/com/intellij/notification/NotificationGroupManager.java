// Written from JetBrains/intellij-community 1e51e91f3a31729149d31672e78d812c2f9a1957
// platform/ide-core/src/com/intellij/notification/NotificationGroupManager.java
package com.intellij.notification;

import org.jetbrains.annotations.NotNull;

public interface NotificationGroupManager {
    NotificationGroup getNotificationGroup(@NotNull String groupId);

    static NotificationGroupManager getInstance() {
        throw new UnsupportedOperationException();
    }
}
