// Written from JetBrains/intellij-community 0035a3dfced89588684b9b856ba3e7038032195a
// platform/editor-ui-api/src/com/intellij/openapi/actionSystem/AnAction.java
package com.intellij.openapi.actionSystem;

import com.intellij.openapi.project.PossiblyDumbAware;
import org.jetbrains.annotations.NotNull;

public abstract class AnAction implements PossiblyDumbAware {
    public AnAction() {
    }

    public abstract void actionPerformed(@NotNull AnActionEvent e);
}
