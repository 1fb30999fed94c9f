// Written from JetBrains/intellij-community 2a215a8c941fa96601407560d420270baaf28a61
// platform/ide-core/src/com/intellij/openapi/options/Configurable.java
package com.intellij.openapi.options;

public interface Configurable extends UnnamedConfigurable {
    String getDisplayName();
}
