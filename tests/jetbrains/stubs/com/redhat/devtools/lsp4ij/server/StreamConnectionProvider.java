// Written from redhat-developer/lsp4ij d21cff925d36a476e1099420ccd9e8cd3e50fa18
// src/main/java/com/redhat/devtools/lsp4ij/server/StreamConnectionProvider.java
package com.redhat.devtools.lsp4ij.server;

import java.io.InputStream;
import java.io.OutputStream;

public interface StreamConnectionProvider {
    void start() throws CannotStartProcessException;

    InputStream getInputStream();

    OutputStream getOutputStream();

    default Object getExperimentalFeaturesPOJO() {
        throw new UnsupportedOperationException();
    }

    void stop();
}
