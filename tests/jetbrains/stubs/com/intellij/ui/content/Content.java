// Written from JetBrains/intellij-community 03980ad0dccbd9a9140c4dc2415985c469f99ae7
// platform/platform-api/src/com/intellij/ui/content/ContentManager.java, which names it
package com.intellij.ui.content;

public interface Content {
}
