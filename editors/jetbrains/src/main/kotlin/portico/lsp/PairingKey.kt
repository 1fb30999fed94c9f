package portico.lsp

import com.intellij.credentialStore.CredentialAttributes
import com.intellij.credentialStore.Credentials
import com.intellij.credentialStore.generateServiceName
import com.intellij.ide.passwordSafe.PasswordSafe
import java.security.SecureRandom
import java.util.Base64

private const val BYTES = 32
private val WHERE = CredentialAttributes(generateServiceName("Portico", "pairing key"), "portico")

/**
 * The key by which this editor is known again, made once and kept where the IDE keeps passwords.
 *
 * May wait for the system's keyring: never on the event dispatch thread.
 */
fun pairingKey(): String {
    PasswordSafe.instance.get(WHERE)?.getPasswordAsString()?.let { return it }
    val bytes = ByteArray(BYTES).also(SecureRandom()::nextBytes)
    val made = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)
    PasswordSafe.instance.set(WHERE, Credentials("portico", made))
    return made
}
