// Written from redhat-developer/lsp4ij d21cff925d36a476e1099420ccd9e8cd3e50fa18
// src/main/java/com/redhat/devtools/lsp4ij/LanguageServerManager.java
package com.redhat.devtools.lsp4ij;

import com.intellij.openapi.project.Project;
import org.jetbrains.annotations.NotNull;

public class LanguageServerManager {
    private LanguageServerManager() {
    }

    public static LanguageServerManager getInstance(@NotNull Project project) {
        throw new UnsupportedOperationException();
    }

    public void start(@NotNull String languageServerId, @NotNull StartOptions options) {
        throw new UnsupportedOperationException();
    }

    public static class StartOptions {
        public StartOptions setForceStart(boolean forceStart) {
            throw new UnsupportedOperationException();
        }

        public StartOptions setForceRestart(boolean forceRestart) {
            throw new UnsupportedOperationException();
        }
    }
}
