// Written from JetBrains/intellij-community 03461c332d44e2d916491e7dc3a10ed22d195619
// platform/editor-ui-api/src/com/intellij/openapi/actionSystem/AnActionEvent.java
package com.intellij.openapi.actionSystem;

import com.intellij.openapi.project.Project;
import org.jetbrains.annotations.Nullable;

public class AnActionEvent {
    public final @Nullable Project getProject() {
        throw new UnsupportedOperationException();
    }
}
