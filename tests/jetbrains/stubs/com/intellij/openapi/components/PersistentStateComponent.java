// Written from JetBrains/intellij-community 123242c4b23a90f7910193139aa4d3b2979d9647
// platform/projectModel-api/src/com/intellij/openapi/components/PersistentStateComponent.java
package com.intellij.openapi.components;

import org.jetbrains.annotations.NotNull;
import org.jetbrains.annotations.Nullable;

public interface PersistentStateComponent<T> {
    @Nullable
    T getState();

    void loadState(@NotNull T state);
}
