package portico.tests

import com.google.gson.Gson
import com.google.gson.JsonArray

/**
 * Reads each example into its class, and prints `[value, …]` as written again.
 *
 * What a class has no field for, or a field of another type, comes out different.
 */
fun roundTrip() {
    val gson = Gson()
    val again = JsonArray()
    for (pair in EXAMPLES) {
        val (name, value) = pair.asJsonArray.toList()
        again.add(gson.toJsonTree(gson.fromJson(value, Class.forName(name.asString))))
    }
    println(again)
}
