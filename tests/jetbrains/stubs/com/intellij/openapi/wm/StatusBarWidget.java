// Written from JetBrains/intellij-community 0d95ef8ac986d64379a26c73673cae7680f6791d
// platform/platform-api/src/com/intellij/openapi/wm/StatusBarWidget.java
package com.intellij.openapi.wm;

import com.intellij.openapi.Disposable;
import com.intellij.util.Consumer;
import java.awt.event.MouseEvent;
import org.jetbrains.annotations.NotNull;
import org.jetbrains.annotations.Nullable;

public interface StatusBarWidget extends Disposable {
    @NotNull
    String ID();

    @Nullable
    default WidgetPresentation getPresentation() {
        throw new UnsupportedOperationException();
    }

    void install(@NotNull StatusBar statusBar);

    interface WidgetPresentation {
        @Nullable
        String getTooltipText();

        @Nullable
        Consumer<MouseEvent> getClickConsumer();
    }

    interface TextPresentation extends WidgetPresentation {
        @NotNull
        String getText();

        float getAlignment();
    }
}
