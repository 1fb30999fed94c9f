package portico.words

import com.google.gson.Gson
import com.google.gson.GsonBuilder
import com.google.gson.JsonElement
import com.google.gson.JsonObject
import com.google.gson.JsonParseException
import com.google.gson.stream.JsonToken
import java.io.IOException
import java.io.StringReader

private val READING = Gson()
private val PRETTY = GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create()

/** Kinds of characters that hide, reverse or move text. */
private val HIDDEN = setOf(
    Character.CONTROL,
    Character.FORMAT,
    Character.PRIVATE_USE,
    Character.UNASSIGNED,
    Character.SURROGATE,
    Character.LINE_SEPARATOR,
    Character.PARAGRAPH_SEPARATOR,
)

/** Text that Swing takes for text: a label or a tooltip that begins with `<html>` is drawn as a page. */
fun neverHtml(text: String): String = if (text.startsWith("<")) " $text" else text

/** Text for where HTML is drawn whatever it looks like, as in a notification. */
fun asHtml(text: String): String = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")

/** Characters that hide, reverse or move text, as the escapes that JSON has for them. */
fun escaped(text: String): String = buildString {
    for (point in text.codePoints()) {
        if (point == '\n'.code || Character.getType(point).toByte() !in HIDDEN) {
            appendCodePoint(point)
        } else {
            Character.toChars(point).forEach { append("\\u%04x".format(it.code)) }
        }
    }
}

/** Arguments as indented JSON; as they came where they are no JSON, for nothing may be hidden. */
fun pretty(text: String): String = escaped(read(text)?.let(PRETTY::toJson) ?: text)

/** A JSON object that a person typed; null where it is none. */
fun typed(text: String): JsonObject? = read(text) as? JsonObject

/** Strictly one JSON value; null where the text is anything else. */
private fun read(text: String): JsonElement? =
    try {
        val reader = READING.newJsonReader(StringReader(text))
        reader.isLenient = false
        val found = READING.getAdapter(JsonElement::class.java).read(reader)
        if (reader.peek() == JsonToken.END_DOCUMENT) found else null
    } catch (_: JsonParseException) {
        null
    } catch (_: IOException) {
        null
    } catch (_: IllegalStateException) {
        null
    }
