// Written from JetBrains/intellij-community 07e122abc4ce261214e92b734767ca5ae330523a
// platform/analysis-api/src/com/intellij/openapi/fileEditor/FileEditorManager.java, which names it
package com.intellij.openapi.fileEditor;

public interface FileEditor {
}
