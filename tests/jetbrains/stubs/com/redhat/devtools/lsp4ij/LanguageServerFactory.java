// Written from redhat-developer/lsp4ij d21cff925d36a476e1099420ccd9e8cd3e50fa18
// src/main/java/com/redhat/devtools/lsp4ij/LanguageServerFactory.java
package com.redhat.devtools.lsp4ij;

import com.intellij.openapi.project.Project;
import com.redhat.devtools.lsp4ij.client.LanguageClientImpl;
import com.redhat.devtools.lsp4ij.client.features.LSPClientFeatures;
import com.redhat.devtools.lsp4ij.server.StreamConnectionProvider;
import org.eclipse.lsp4j.services.LanguageServer;
import org.jetbrains.annotations.NotNull;

public interface LanguageServerFactory {
    @NotNull StreamConnectionProvider createConnectionProvider(@NotNull Project project);

    @NotNull default LanguageClientImpl createLanguageClient(@NotNull Project project) {
        throw new UnsupportedOperationException();
    }

    @NotNull default Class<? extends LanguageServer> getServerInterface() {
        throw new UnsupportedOperationException();
    }

    @NotNull default LSPClientFeatures createClientFeatures() {
        throw new UnsupportedOperationException();
    }
}
