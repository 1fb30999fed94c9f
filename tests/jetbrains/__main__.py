"""`make jetbrains`: the plugin for JetBrains IDEs, compiled against stubs, tested without an IDE.

It needs Java 17 or newer, the Kotlin compiler that JetBrains ships on npm, and Gson. No IDE, plugin
verifier or Gradle plugin is among them: what only an IDE can show is not shown here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from editors.contract import kotlin, walk
from tests import node
from tests.docs.page import fences, read, section

PLUGIN = node.ROOT / "editors" / "jetbrains" / "src" / "main" / "kotlin"
HERE = Path(__file__).parent
GSON = Path("/usr/share/java/gson.jar")
COMPILER = "kotlin-compiler@2.4.20"

_OLDEST_JAVA = 17
_SECONDS = 900
# The first compiler of the JVM is enough for one run, and takes half the time.
_JVM = ("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_LANGUAGE = ("-language-version", "2.2", "-api-version", "2.2", "-jvm-target", "17")
_STRICT = ("-no-stdlib", "-no-reflect", "-Werror", "-Xsuppress-version-warnings")


def main() -> int:
    """Compile the plugin with its tests and run them; returns an exit code."""
    try:
        program = java()
        gson()
        libraries = compiler()
    except node.NotRun as why:
        sys.stdout.write(f"NOT RUN: the plugin for JetBrains IDEs: {why}\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="portico-jetbrains-") as folder:
        out = Path(folder)
        if not compiled(program, libraries, out):
            sys.stdout.write("FAILED: the plugin for JetBrains IDEs does not compile\n")
            return 1
        pairs = examples()
        given = out / "examples.json"
        given.write_text(json.dumps(pairs), encoding="utf-8")
        classes = _path(out, GSON, *_named(libraries, "kotlin-stdlib", "kotlin-test"))
        run = [program, f"-Dportico.examples={given}", "-cp", classes, "portico.tests.MainKt"]
        tested = subprocess.run(run, check=False, timeout=_SECONDS).returncode
        return tested or round_trip(run, pairs)


def java() -> str:
    """A Java that the compiler runs on.

    Raises:
        NotRun: There is none.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home, "bin")) if home else None)
    if found is not None:
        said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)
        version = re.search(r'version "(\d+)', said.stderr)
        if version is not None and int(version[1]) >= _OLDEST_JAVA:
            return found
    msg = f"Java {_OLDEST_JAVA} or newer is missing"
    raise node.NotRun(msg)


def gson() -> None:
    """See whether Gson is here, which an IDE brings.

    Raises:
        NotRun: It is not.
    """
    if not GSON.exists():
        msg = "Gson is missing (Debian: libgoogle-gson-java)"
        raise node.NotRun(msg)


def compiler() -> Path:
    """The folder of the compiler's libraries, from npm, in the cache.

    Raises:
        NotRun: It could not be installed.
    """
    home = node.CACHE / "kotlin" / COMPILER
    libraries = home / "node_modules" / "kotlin-compiler" / "lib"
    if not (libraries / "kotlin-compiler.jar").exists():
        # Any npm will do, where the other suites want a new Node.
        npm = shutil.which("npm")
        program = [npm] if npm else list(node.find())
        home.mkdir(parents=True, exist_ok=True)
        quietly = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        node.install(
            "the Kotlin compiler",
            [*program, "install", *quietly, "--prefix", str(home), COMPILER],
        )
    return libraries


def compiled(program: str, libraries: Path, out: Path) -> bool:
    """Whether the plugin, the stubs and the tests compile together, without a warning."""
    tool = _named(
        libraries, "kotlin-compiler", "kotlin-stdlib", "kotlin-script-runtime", "kotlin-reflect"
    )
    tool += _named(libraries, "kotlinx-coroutines-core-jvm", "annotations-13.0")
    # The compiler carries the core of the IntelliJ platform: where it has a class, that is the one.
    platform = _named(libraries, "kotlin-compiler", "annotations-13.0")
    against = _path(GSON, *_named(libraries, "kotlin-stdlib", "kotlin-test"), *platform)
    main_class = "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler"
    sources = map(str, (PLUGIN, HERE / "stubs", HERE / "kotlin"))
    command = [program, *_JVM, "-cp", _path(*tool), main_class, *_STRICT, *_LANGUAGE]
    done = subprocess.run(
        [*command, "-cp", against, "-d", str(out), *sources], check=False, timeout=_SECONDS
    )
    return done.returncode == 0


def round_trip(run: list[str], pairs: list[tuple[str, object]]) -> int:
    """Compare what the Kotlin types make of every example of docs/lsp-protocol.md with itself."""
    command = [*run, "round-trip"]
    said = subprocess.run(command, capture_output=True, check=True, timeout=_SECONDS)
    wrong = [
        name
        for (name, before), after in zip(pairs, json.loads(said.stdout), strict=True)
        if _without_nulls(before) != _without_nulls(after)
    ]
    for name in wrong:
        sys.stdout.write(f"FAILED: an example is another one after {name}\n")
    sys.stdout.write(f"{len(pairs)} examples of the protocol, {len(wrong)} failed\n")
    return 1 if wrong or not pairs else 0


def examples() -> list[tuple[str, object]]:
    """Every example of the page, each beside the class that has to hold it."""
    page = read("docs/lsp-protocol.md")
    found: list[tuple[str, object]] = []
    for method in (*walk.methods(), *walk.asked()):
        (example,) = map(json.loads, fences(section(page, f"`{method.name}`"), "json"))
        params, result = kotlin.classes(method)
        found.append((params, example["params"]))
        if method.result is not None:
            found.append((result, example["result"]))
    return found


def _without_nulls(said: object) -> object:
    """Gson leaves out what is null, which means the same."""
    if isinstance(said, dict):
        return {key: _without_nulls(value) for key, value in said.items() if value is not None}
    return [_without_nulls(one) for one in said] if isinstance(said, list) else said


def _named(libraries: Path, *names: str) -> list[Path]:
    return [libraries / f"{name}.jar" for name in names]


def _path(*jars: Path) -> str:
    return os.pathsep.join(map(str, jars))


if __name__ == "__main__":
    sys.exit(main())
