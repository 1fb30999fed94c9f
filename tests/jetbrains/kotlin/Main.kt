package portico.tests

import kotlin.system.exitProcess

/** Runs every test: each public function without parameters of these classes, on an instance of its own. */
private val CLASSES = listOf(
    AnswersTest::class.java,
    OverviewTest::class.java,
    PanelsTest::class.java,
    PlainTest::class.java,
    ProgramTest::class.java,
    QuestionsTest::class.java,
)

fun main(args: Array<String>) {
    System.setProperty("java.awt.headless", "true")
    if ("round-trip" in args) {
        return roundTrip()
    }
    var failed = 0
    val tests = CLASSES.flatMap { it.declaredMethods.toList() }.filter { it.parameterCount == 0 && "\$" !in it.name }
    for (test in tests.sortedBy { "${it.declaringClass.name}.${it.name}" }) {
        try {
            test.invoke(test.declaringClass.getDeclaredConstructor().newInstance())
        } catch (wrong: java.lang.reflect.InvocationTargetException) {
            failed += 1
            println("FAILED: ${test.declaringClass.simpleName}: ${test.name}: ${wrong.targetException}")
        }
    }
    println("${tests.size} tests in Kotlin, $failed failed")
    exitProcess(if (failed == 0 && tests.isNotEmpty()) 0 else 1)
}
