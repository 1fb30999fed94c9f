// Written from JetBrains/intellij-community d26680106cb08ecb08c82bf0467885bac12f48e2
// platform/platform-api/src/com/intellij/openapi/wm/StatusBarWidgetFactory.java
package com.intellij.openapi.wm;

import com.intellij.openapi.project.Project;
import org.jetbrains.annotations.NotNull;

public interface StatusBarWidgetFactory {
    @NotNull
    String getId();

    @NotNull
    String getDisplayName();

    boolean isAvailable(@NotNull Project project);

    @NotNull
    default StatusBarWidget createWidget(@NotNull Project project) {
        throw new UnsupportedOperationException();
    }
}
