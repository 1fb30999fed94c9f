// Written from JetBrains/intellij-community 50c7f9cbbac0c38290edca159c863c104634b08c
// platform/ide-core/src/com/intellij/openapi/options/UnnamedConfigurable.java, which names it
package com.intellij.openapi.options;

public class ConfigurationException extends Exception {
}
