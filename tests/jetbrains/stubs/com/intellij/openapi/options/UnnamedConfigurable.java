// Written from JetBrains/intellij-community 50c7f9cbbac0c38290edca159c863c104634b08c
// platform/ide-core/src/com/intellij/openapi/options/UnnamedConfigurable.java
package com.intellij.openapi.options;

import javax.swing.JComponent;
import org.jetbrains.annotations.Nullable;

public interface UnnamedConfigurable {
    @Nullable
    JComponent createComponent();

    boolean isModified();

    void apply() throws ConfigurationException;

    default void reset() {
    }
}
