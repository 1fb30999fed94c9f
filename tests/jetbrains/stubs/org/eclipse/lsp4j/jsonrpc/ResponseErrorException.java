// Written from eclipse-lsp4j/lsp4j 81a12f0e50b42e074195110c33423ce7fb0f5fe8
// org.eclipse.lsp4j.jsonrpc/src/main/java/org/eclipse/lsp4j/jsonrpc/ResponseErrorException.java
package org.eclipse.lsp4j.jsonrpc;

import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;

public class ResponseErrorException extends RuntimeException {
    public ResponseError getResponseError() {
        throw new UnsupportedOperationException();
    }
}
