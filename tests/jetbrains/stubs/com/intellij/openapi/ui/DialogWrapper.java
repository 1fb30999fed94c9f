// Written from JetBrains/intellij-community 4ef30711a4caccb24bd950e357f76204eb7bd9f3
// platform/platform-api/src/com/intellij/openapi/ui/DialogWrapper.java
package com.intellij.openapi.ui;

import com.intellij.openapi.project.Project;
import javax.swing.Action;
import javax.swing.JButton;
import javax.swing.JComponent;
import org.jetbrains.annotations.NotNull;
import org.jetbrains.annotations.Nullable;

public abstract class DialogWrapper {
    public static final int OK_EXIT_CODE = 0;
    public static final int CANCEL_EXIT_CODE = 1;
    public static final String DEFAULT_ACTION = "DefaultAction";
    public static final String FOCUSED_ACTION = "FocusedAction";

    public enum IdeModalityType {
        IDE, PROJECT, MODELESS
    }

    protected DialogWrapper(@Nullable Project project, boolean canBeParent, @NotNull IdeModalityType ideModalityType) {
    }

    protected void init() {
    }

    public void show() {
    }

    public final void close(int exitCode) {
    }

    public String getTitle() {
        throw new UnsupportedOperationException();
    }

    public void setTitle(String title) {
    }

    @NotNull
    protected Action[] createActions() {
        throw new UnsupportedOperationException();
    }

    @Nullable
    protected abstract JComponent createCenterPanel();

    @Nullable
    protected JButton getButton(@NotNull Action action) {
        throw new UnsupportedOperationException();
    }

    @Nullable
    public JComponent getPreferredFocusedComponent() {
        throw new UnsupportedOperationException();
    }
}
