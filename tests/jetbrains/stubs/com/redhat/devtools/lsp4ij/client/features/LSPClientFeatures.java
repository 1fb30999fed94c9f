// Written from redhat-developer/lsp4ij d21cff925d36a476e1099420ccd9e8cd3e50fa18
// src/main/java/com/redhat/devtools/lsp4ij/client/features/LSPClientFeatures.java
package com.redhat.devtools.lsp4ij.client.features;

public class LSPClientFeatures {
    public LSPClientFeatures() {
    }

    public boolean keepServerAlive() {
        throw new UnsupportedOperationException();
    }
}
