// Written from JetBrains/intellij-community 012bf5ffb2580e70379260201ab48956a366e56e
// platform/platform-util-io/src/com/intellij/execution/configurations/GeneralCommandLine.java
package com.intellij.execution.configurations;

import org.jetbrains.annotations.NotNull;
import org.jetbrains.annotations.Nullable;

public class GeneralCommandLine {
    public GeneralCommandLine(String @NotNull ... command) {
    }

    @NotNull
    public GeneralCommandLine withWorkDirectory(@Nullable String path) {
        throw new UnsupportedOperationException();
    }
}
