// Written from JetBrains/intellij-community 056ad366d975e346aafababe40e150b7872c2ae6
// platform/platform-api/src/com/intellij/credentialStore/CredentialAttributes.kt
package com.intellij.credentialStore

fun generateServiceName(subsystem: String, key: String): String = throw UnsupportedOperationException()

data class CredentialAttributes(val serviceName: String, val userName: String? = null)

class Credentials(@Suppress("UNUSED_PARAMETER") user: String?, @Suppress("UNUSED_PARAMETER") password: String?) {
    fun getPasswordAsString(): String? = throw UnsupportedOperationException()
}
