package portico.lsp

import java.io.File

/** Where the program is, or why it is nowhere. */
sealed interface Found {
    /** The program, by its absolute path. */
    data class At(val path: String) : Found

    /** There is none; [why] says so to a person. */
    data class Nowhere(val why: String) : Found
}

/**
 * Finds the program `portico`: what the setting says, else on the PATH. Nothing of a project has a say in it.
 *
 * A relative folder on the PATH would be looked for below the project, and is not looked at.
 */
fun find(setting: String, path: String, runnable: (File) -> Boolean = { it.isFile && it.canExecute() }): Found {
    if (setting.isNotEmpty()) {
        val file = File(setting)
        return when {
            !file.isAbsolute -> Found.Nowhere("The path of Portico's program has to be absolute, and “$setting” is not.")
            runnable(file) -> Found.At(setting)
            else -> Found.Nowhere("There is no program at $setting, which Portico's settings name.")
        }
    }
    val name = if (File.separatorChar == '\\') "portico.exe" else "portico"
    val found = path.split(File.pathSeparatorChar).map(::File).filter(File::isAbsolute).map { File(it, name) }
    return found.firstOrNull(runnable)?.let { Found.At(it.path) }
        ?: Found.Nowhere("The program portico is not on the PATH. Your company says where to get it.")
}
