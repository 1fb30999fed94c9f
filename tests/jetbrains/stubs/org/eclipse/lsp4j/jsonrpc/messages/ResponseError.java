// Written from eclipse-lsp4j/lsp4j 81a12f0e50b42e074195110c33423ce7fb0f5fe8
// org.eclipse.lsp4j.jsonrpc/src/main/java/org/eclipse/lsp4j/jsonrpc/messages/ResponseError.java
package org.eclipse.lsp4j.jsonrpc.messages;

public class ResponseError {
    public String getMessage() {
        throw new UnsupportedOperationException();
    }

    public Object getData() {
        throw new UnsupportedOperationException();
    }
}
