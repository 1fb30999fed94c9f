package portico.tests

import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertIs
import portico.lsp.Found
import portico.lsp.find

class ProgramTest {
    fun `the setting comes before the PATH`() =
        assertEquals(Found.At("/opt/portico"), find("/opt/portico", "/usr/bin") { true })

    fun `the first folder of the PATH that has it counts, and no relative one`() {
        val path = listOf("bin", ".", "/usr/bin", "/opt/bin").joinToString(File.pathSeparator)
        assertEquals(Found.At("/opt/bin/portico"), find("", path) { it.path in setOf("/opt/bin/portico", "bin/portico", "./portico") })
    }

    fun `what is not there says so`() {
        assertIs<Found.Nowhere>(find("", "/usr/bin") { false })
        assertIs<Found.Nowhere>(find("/opt/portico", "/usr/bin") { false })
        assertIs<Found.Nowhere>(find("portico", "/usr/bin") { true })
    }
}
