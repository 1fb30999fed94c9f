// Written from eclipse-lsp4j/lsp4j 81a12f0e50b42e074195110c33423ce7fb0f5fe8
// org.eclipse.lsp4j/src/main/java/org/eclipse/lsp4j/Protocol.xtend
package org.eclipse.lsp4j;

public class ShowDocumentParams {
    public ShowDocumentParams(String uri) {
    }

    public Boolean getExternal() {
        throw new UnsupportedOperationException();
    }

    public void setExternal(Boolean external) {
    }
}
