// Written from JetBrains/intellij-community 00f9328e6081aea2917824acea1bbd8e664bf3e9
// platform/platform-api/src/com/intellij/openapi/wm/StatusBar.java
package com.intellij.openapi.wm;

import org.jetbrains.annotations.NotNull;

public interface StatusBar {
    void updateWidget(@NotNull String id);
}
