package portico.tests

import com.google.gson.Gson
import com.google.gson.JsonArray
import com.google.gson.JsonParser
import java.io.File

/**
 * Reads `[[class, value], …]` from a file, each value into its class, and prints `[value, …]` as written again.
 *
 * What a class has no field for, or a field of another type, comes out different.
 */
fun roundTrip(path: String) {
    val gson = Gson()
    val again = JsonArray()
    for (pair in JsonParser.parseString(File(path).readText()).asJsonArray) {
        val (name, value) = pair.asJsonArray.toList()
        again.add(gson.toJsonTree(gson.fromJson(value, Class.forName(name.asString))))
    }
    println(again)
}
