package portico.tests

import kotlin.test.assertEquals
import portico.contract.FaultReport
import portico.contract.ServerStanding
import portico.contract.ServerState
import portico.words.bar
import portico.words.barTooltip
import portico.words.said
import portico.words.serverLine

class OverviewTest {
    fun `what waits comes first in the status bar`() {
        assertEquals("Portico: 1 waits", bar(STATUS, 1, ""))
        assertEquals("Portico: 2 wait", bar(null, 2, "starting"))
    }

    fun `the status bar says who is signed in, else what to do`() {
        assertEquals("Portico: not found", bar(null, 0, "not found"))
        assertEquals("Portico: 3 elsewhere", bar(STATUS.copy(pending = 3), 0, ""))
        assertEquals("Portico: offline", bar(STATUS.copy(offline = OFFLINE), 0, ""))
        assertEquals("Portico: sign in", bar(STATUS.copy(user = null), 0, ""))
        assertEquals("Portico", bar(STATUS.copy(user = null, registry = null), 0, ""))
        assertEquals("Portico: Alice Archer", bar(STATUS, 0, ""))
        assertEquals("Portico: Alice Archer (!)", bar(STATUS.copy(problems = listOf(FaultReport("a", "b", "you", "c"))), 0, ""))
    }

    fun `a window that is not paired says what that means`() {
        assertEquals("Signed in as Alice Archer.", barTooltip(STATUS, "", paired = true))
        assertEquals(true, "asked on Portico's page" in barTooltip(STATUS, "", paired = false))
    }

    fun `a server shows how it stands, where it runs and whose it is`() {
        assertEquals("Presto · prod · data-platform", serverLine(SERVER).text)
        assertEquals("Presto · as last seen · prod · data-platform", serverLine(SERVER.copy(state = ServerState.SNAPSHOT)).text)
        assertEquals("Presto · not for you · prod · data-platform", serverLine(SERVER.copy(standing = ServerStanding.FORBIDDEN)).text)
    }

    fun `a word that a newer hub brings is shown as it is`() =
        assertEquals("Presto · paused · prod · data-platform", serverLine(SERVER.copy(standing = ServerStanding("paused"))).text)

    fun `a fault says what happened and what to do`() {
        assertEquals("No. Ask.", said("No.", FaultReport("a", "No.", "you", "Ask.")))
        assertEquals("No.", said("No.", null))
    }
}
