// Written from redhat-developer/lsp4ij d21cff925d36a476e1099420ccd9e8cd3e50fa18
// src/main/java/com/redhat/devtools/lsp4ij/client/LanguageClientImpl.java
package com.redhat.devtools.lsp4ij.client;

import com.intellij.openapi.Disposable;
import com.intellij.openapi.project.Project;
import com.redhat.devtools.lsp4ij.ServerStatus;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.ShowDocumentParams;
import org.eclipse.lsp4j.ShowDocumentResult;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;
import org.jetbrains.annotations.NotNull;
import org.jetbrains.annotations.Nullable;

public class LanguageClientImpl implements LanguageClient, Disposable {
    public LanguageClientImpl(@NotNull Project project) {
    }

    public @NotNull Project getProject() {
        throw new UnsupportedOperationException();
    }

    protected final @Nullable LanguageServer getLanguageServer() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<ShowDocumentResult> showDocument(ShowDocumentParams params) {
        throw new UnsupportedOperationException();
    }

    public void handleServerStatusChanged(@NotNull ServerStatus serverStatus) {
    }

    @Override
    public void dispose() {
    }
}
