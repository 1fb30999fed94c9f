// Written from JetBrains/intellij-community 181e0a46d7756d313f9e4965cecd374665b8e6e8
// platform/platform-api/src/com/intellij/ide/passwordSafe/PasswordSafe.kt
package com.intellij.ide.passwordSafe

abstract class PasswordSafe : PasswordStorage {
    companion object {
        @JvmStatic
        val instance: PasswordSafe
            get() = throw UnsupportedOperationException()
    }
}
