// Written from JetBrains/intellij-community 9b9ff165706956ffc3ed1f123b47b2ad43adc22b
// platform/ide-core/src/com/intellij/notification/NotificationType.java
package com.intellij.notification;

public enum NotificationType {
    IDE_UPDATE, INFORMATION, WARNING, ERROR
}
