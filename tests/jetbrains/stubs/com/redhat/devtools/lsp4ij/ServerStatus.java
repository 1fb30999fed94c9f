// Written from redhat-developer/lsp4ij d21cff925d36a476e1099420ccd9e8cd3e50fa18
// src/main/java/com/redhat/devtools/lsp4ij/ServerStatus.java
package com.redhat.devtools.lsp4ij;

public enum ServerStatus {
    none, checking_installed, installing, installed, not_installed, starting, started, stopping, stopped
}
