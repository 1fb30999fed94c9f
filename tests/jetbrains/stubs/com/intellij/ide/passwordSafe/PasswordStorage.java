// Written from JetBrains/intellij-community 03980ad0dccbd9a9140c4dc2415985c469f99ae7
// platform/platform-api/src/com/intellij/ide/passwordSafe/PasswordStorage.java
package com.intellij.ide.passwordSafe;

import com.intellij.credentialStore.CredentialAttributes;
import com.intellij.credentialStore.Credentials;
import org.jetbrains.annotations.NotNull;
import org.jetbrains.annotations.Nullable;

public interface PasswordStorage {
    @Nullable
    Credentials get(@NotNull CredentialAttributes attributes);

    void set(@NotNull CredentialAttributes attributes, @Nullable Credentials credentials);
}
