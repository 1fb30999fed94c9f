// Written from JetBrains/intellij-community 021dbfcce68a0130da91eb05d4d17c62e32ec279
// platform/platform-api/src/com/intellij/openapi/wm/ToolWindow.java
package com.intellij.openapi.wm;

import com.intellij.openapi.Disposable;
import com.intellij.ui.content.ContentManager;
import org.jetbrains.annotations.NotNull;
import org.jetbrains.annotations.Nullable;

public interface ToolWindow {
    void activate(@Nullable Runnable runnable);

    ContentManager getContentManager();

    @NotNull
    Disposable getDisposable();
}
