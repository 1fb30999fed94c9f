// Written from JetBrains/intellij-community 0164dc356e428df404572da0e38eefeab3538990
// platform/ide-core/src/com/intellij/notification/Notification.java
package com.intellij.notification;

import com.intellij.openapi.project.Project;
import org.jetbrains.annotations.Nullable;

public class Notification {
    public void notify(@Nullable Project project) {
    }
}
