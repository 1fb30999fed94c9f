// Written from eclipse-lsp4j/lsp4j 81a12f0e50b42e074195110c33423ce7fb0f5fe8
// org.eclipse.lsp4j/src/main/java/org/eclipse/lsp4j/services/LanguageClient.java
package org.eclipse.lsp4j.services;

import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.ShowDocumentParams;
import org.eclipse.lsp4j.ShowDocumentResult;

public interface LanguageClient {
    default CompletableFuture<ShowDocumentResult> showDocument(ShowDocumentParams params) {
        throw new UnsupportedOperationException();
    }
}
