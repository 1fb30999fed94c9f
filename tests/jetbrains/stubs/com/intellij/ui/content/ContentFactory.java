// Written from JetBrains/intellij-community 11bd5d64b484439d321639058581ef2b77066359
// platform/platform-api/src/com/intellij/ui/content/ContentFactory.java
package com.intellij.ui.content;

import javax.swing.JComponent;
import org.jetbrains.annotations.NotNull;
import org.jetbrains.annotations.Nullable;

public interface ContentFactory {
    @NotNull
    Content createContent(@Nullable JComponent component, @Nullable String displayName, boolean isLockable);
}
