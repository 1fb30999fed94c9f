"""docs/hub.md names every variable, file and exit code that there is."""

from __future__ import annotations

import re

from ide_protocol.dialogue import GRACE
from ide_protocol.door import hello
from ide_protocol.door.shim import VANISHED
from proxy.configuration import Configuration
from proxy.home import Home
from tests.docs.page import ROOT, code, read, rows, section

PAGE = read("docs/hub.md")


def test_the_page_names_exactly_the_variables_that_are_read() -> None:
    """What a window passes on, what finds a home, and what the terminal knows."""
    table = {cells[0]: cells[1] for cells in rows(section(PAGE, "Environment"))}
    passed_on = {
        name
        for names, reader in table.items()
        if "passes them on" in reader
        for name in code(names)
    }
    assert passed_on == set(hello._WINDOW)
    source = (ROOT / "proxy" / "home.py").read_text(encoding="utf-8")
    finds = {name for names, who in table.items() if who == "everything" for name in code(names)}
    assert finds == set(re.findall(r'env\.get\("(\w+)"', source))


def test_the_page_shows_where_everything_is() -> None:
    """Folders as `Home` has them, with and without `PORTICO_HOME`."""
    page = section(PAGE, "Files and folders")
    plain, own = Home("~", own=False), Home("it", own=True)
    for folder in (plain.configuration, plain.state, plain.cache):
        assert f"`{folder}`" in page
    for folder in (own.state, own.cache):
        assert f"`{folder.removeprefix('it/')}` in it" in page
    for path in (plain.socket, plain.lock, plain.birth, plain.log, plain.file):
        assert f"`{path.rpartition('/')[2]}`" in page
    assert re.fullmatch(r"/tmp/portico-\d+-[0-9a-f]+", plain.run)  # noqa: S108 - no file is made.
    assert "`/tmp/portico-UID-HASH`" in page


def test_the_files_on_the_page_are_those_that_the_hub_is_built_with() -> None:
    """State and cache hold what `wiring` puts there."""
    room = sorted((ROOT / "ide_protocol" / "wiring").glob("*.py"))
    wiring = "".join(module.read_text(encoding="utf-8") for module in room)
    files = set(re.findall(r'f"\{home\.(?:state|cache)\}/([\w.-]+)"', wiring))
    assert files
    assert files - set(code(section(PAGE, "Files and folders"))) == set()


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    """The code of a lost hub, the default idle time, and the grace of calls under way."""
    codes = [cells[0] for cells in rows(section(PAGE, "Exit codes of a shim"))]
    assert codes == ["0", "1", "2", str(VANISHED)]
    assert f"({Configuration(path='').idle_seconds / 60:.0f} by default)" in PAGE
    assert f"{GRACE:.0f} seconds" in section(PAGE, "Death")
    assert f"{hello.LIMIT // 1024} KiB" in section(PAGE, "The hello")
