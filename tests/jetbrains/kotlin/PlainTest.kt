package portico.tests

import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import portico.words.asHtml
import portico.words.neverHtml
import portico.words.pretty
import portico.words.typed

class PlainTest {
    fun `text that hides or reverses is shown as what it is, and stays the same JSON`() {
        val text = "{\"a\":\"\u202e\u200b\\u001b[2J\udb40\udc41\"}"
        assertEquals("{\n  \"a\": \"\\u202e\\u200b\\u001b[2J\\udb40\\udc41\"\n}", pretty(text))
        assertEquals(typed(text), assertNotNull(typed(pretty(text))))
    }

    fun `text that is no JSON is shown whole`() = assertEquals("{ half \\u202e", pretty("{ half \u202e"))

    fun `null among the arguments is shown`() = assertEquals("{\n  \"a\": null\n}", pretty("""{"a":null}"""))

    fun `no text is drawn as a page`() {
        assertFalse(javax.swing.plaf.basic.BasicHTML.isHTMLString(neverHtml("<html><b>Signed in</b>")))
        assertEquals("a &lt;b&gt;&amp;<br>c", asHtml("a <b>&\nc"))
    }
}
