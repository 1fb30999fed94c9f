// Written from JetBrains/intellij-community 002c70f58050824e62e6e6b084b66701cd135935
// platform/projectModel-api/src/com/intellij/openapi/components/State.java
package com.intellij.openapi.components;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.jetbrains.annotations.NotNull;

@Retention(RetentionPolicy.RUNTIME)
public @interface State {
    @NotNull String name();

    Storage @NotNull [] storages() default {};
}
