package portico.tests

import kotlin.test.assertEquals
import portico.contract.FaultReport
import portico.contract.Hub
import portico.contract.Owner
import portico.contract.Registry
import portico.contract.Server
import portico.contract.ServerEra
import portico.contract.ServerStanding
import portico.contract.ServerState
import portico.contract.Status
import portico.contract.User
import portico.words.bar
import portico.words.barTooltip
import portico.words.said
import portico.words.serverLine

class OverviewTest {
    private val alice = User("Alice Archer", "alice", "https://sso.corp.example", emptyList(), "keyring")
    private val status = Status(
        "Signed in as Alice Archer.", alice, Hub("0.1.0", 1, 0.0, false, emptyList()),
        Registry("https://registry.corp.example", null, null), emptyList(), 0, emptyList(),
    )
    private val server = Server(
        "presto", "com.example.corp/presto", "Presto", "Query the warehouse.", Owner("data-platform", "", ""), true,
        "prod", ServerStanding.OFFERED, "", ServerState.LIVE, ServerEra.MODERN, 5, null,
    )

    fun `what waits comes first in the status bar`() {
        assertEquals("Portico: 1 waits", bar(status, 1, ""))
        assertEquals("Portico: 2 wait", bar(null, 2, "starting"))
    }

    fun `the status bar says who is signed in, else what to do`() {
        assertEquals("Portico: not found", bar(null, 0, "not found"))
        assertEquals("Portico: 3 elsewhere", bar(status.copy(pending = 3), 0, ""))
        assertEquals("Portico: sign in", bar(status.copy(user = null), 0, ""))
        assertEquals("Portico", bar(status.copy(user = null, registry = null), 0, ""))
        assertEquals("Portico: Alice Archer", bar(status, 0, ""))
        assertEquals("Portico: Alice Archer (!)", bar(status.copy(problems = listOf(FaultReport("a", "b", "you", "c"))), 0, ""))
    }

    fun `a window that is not paired says what that means`() {
        assertEquals("Signed in as Alice Archer.", barTooltip(status, "", paired = true))
        assertEquals(true, "asked on Portico's page" in barTooltip(status, "", paired = false))
    }

    fun `a server shows how it stands, where it runs and whose it is`() {
        assertEquals("Presto · prod · data-platform", serverLine(server).text)
        assertEquals("Presto · as last seen · prod · data-platform", serverLine(server.copy(state = ServerState.SNAPSHOT)).text)
        assertEquals("Presto · not for you · prod · data-platform", serverLine(server.copy(standing = ServerStanding.FORBIDDEN)).text)
    }

    fun `a word that a newer hub brings is shown as it is`() =
        assertEquals("Presto · paused · prod · data-platform", serverLine(server.copy(standing = ServerStanding("paused"))).text)

    fun `a fault says what happened and what to do`() {
        assertEquals("No. Ask.", said("No.", FaultReport("a", "No.", "you", "Ask.")))
        assertEquals("No.", said("No.", null))
    }
}
