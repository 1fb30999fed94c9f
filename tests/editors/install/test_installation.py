"""Setting clients up and undoing it, for every row of the table and every kind of file."""

from __future__ import annotations

import shlex
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from editors.install import json_text, lua_text, toml_text
from editors.install.client import Client, Family, Place, Scope, Syntax
from editors.install.clients import CLIENTS, FAMILIES, named
from editors.install.installation import Done, Installation

if TYPE_CHECKING:
    from pathlib import Path

PLATFORMS = ("linux", "darwin", "win32")
ROWS = [
    (client, scope, platform)
    for client in CLIENTS
    for scope in Scope
    for platform in PLATFORMS
    if client.place(scope, platform) is not None
]
IDS = [f"{client.name}-{scope}-{platform}" for client, scope, platform in ROWS]

JSON_FILES = {
    "empty": b"",
    "braces": b"{}",
    "comments": (
        b'// mine\n{\n  // the first\n  "a": [1, 2,], /* b */\n'
        b'  "KEYS": {\n    "x": {}, // y\n  },\n}\n'
    ),
    "crlf": b'{\r\n    "KEYS": {\r\n        "x": {"command": "y"}\r\n    }\r\n}\r\n',
    "bom": b'\xef\xbb\xbf{\n  "a": "\xc3\xbc"\n}\n',
    "tabs": b'{\n\t"a": 1,\n\t"KEYS": {\n\t\t"x": 1\n\t}\n}',
    "no-final-newline": b'{"a": 1}',
    "one-line": b'{"KEYS": {"x": {"command": "y"}}, "z": null}\n',
    "another-entry": b'{\n  "KEYS": {\n    "portico": {"command": "old"},\n    "x": 1\n  }\n}\n',
}
TOML_FILES = {
    "empty": b"",
    "comments": b'# mine\nmodel = "x" # y\n\n[mcp_servers.other]\ncommand = "z"\n',
    "crlf": b'model = "x"\r\n\r\n[a]\r\nb = 1\r\n',
    "bom": b'\xef\xbb\xbfmodel = "x"\n',
    "no-final-newline": b"a = 1",
    "another-entry": (
        b'[mcp_servers.portico]\ncommand = "old"\n\n[mcp_servers.portico.env]\nA = "b"\n\n[z]\n'
    ),
}
LUA_FILES = {
    "empty": b"",
    "comments": b"-- mine\nvim.o.number = true -- y\n\n",
    "crlf": b"vim.o.number = true\r\n",
    "bom": b"\xef\xbb\xbfvim.o.number = true\n",
    "no-final-newline": b"return",
    "another-entry": (
        b"-- a\n-- portico: begin; `portico uninstall neovim` takes this block away again.\n"
        b'local program = "C:\\\\x \\"y\\""\n-- portico: end\n-- b\n'
    ),
}


def installation(root: Path, platform: str = "linux", **changed: str | bool) -> Installation:
    """A machine of its own below `root`."""
    plain: dict[str, Any] = {
        "platform": platform,
        "home": root / "home",
        "folder": root / "project",
        "program": "/opt/portico/bin/portico",
        "on_path": True,
        "environment": {
            "APPDATA": str(root / "home/AppData/Roaming"),
            "LOCALAPPDATA": str(root / "home/AppData/Local"),
        },
        "keeps": root / "state",
    }
    return Installation(**{**plain, **changed})


def file_of(machine: Installation, client: Client, scope: Scope) -> tuple[Place, Path]:
    """A client's file on a machine."""
    place = client.place(scope, machine.platform)
    assert place is not None
    path = machine.folder / place.path if scope is Scope.PROJECT else machine.path(place.path)
    assert path is not None
    return place, path


def said(place: Place, text: bytes) -> object:
    """What stands under Portico's key."""
    reads = {Syntax.JSON: json_text.read, Syntax.TOML: toml_text.read, Syntax.LUA: lua_text.read}
    found: Any = reads[place.syntax](text)
    for key in place.keys:
        found = found[key]
    return found


def everything(root: Path) -> dict[str, bytes | None]:
    """Each path below `root` with its bytes; None for a folder."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
    }


@pytest.mark.parametrize(("client", "scope", "platform"), ROWS, ids=IDS)
def test_install_then_uninstall_leaves_every_file_byte_for_byte(
    client: Client, scope: Scope, platform: str, tmp_path: Path
) -> None:
    """Whatever stood in a client's file, it stands there again, and nothing is left beside it."""
    place = client.place(scope, platform)
    assert place is not None
    kinds = {Syntax.JSON: JSON_FILES, Syntax.TOML: TOML_FILES, Syntax.LUA: LUA_FILES}
    files = kinds[place.syntax]
    for name, text in files.items():
        before = text.replace(b"KEYS", place.keys[0].encode() if place.keys else b"keys")
        machine = installation(tmp_path / name, platform)
        _, path = file_of(machine, client, scope)
        path.parent.mkdir(parents=True)
        path.write_bytes(before)
        there = everything(tmp_path / name)
        done = machine.install(client, scope).done
        replaced = name == "another-entry" or (not place.keys and name != "empty")
        assert done is (Done.UPDATED if replaced else Done.ADDED), name
        assert said(place, path.read_bytes()) == place.entry(machine.command(client, scope)), name
        assert machine.install(client, scope).done is Done.THERE
        assert machine.uninstall(client, scope).done is Done.REMOVED
        there |= {"state": None}
        assert everything(tmp_path / name) == there, name
        if name != "another-entry":
            assert machine.uninstall(client, scope).done is Done.ABSENT


@pytest.mark.parametrize(("client", "scope", "platform"), ROWS, ids=IDS)
def test_a_file_that_was_made_goes_with_its_folders(
    client: Client, scope: Scope, platform: str, tmp_path: Path
) -> None:
    """Where there was no file there is none afterwards, nor any folder that was made for it."""
    machine = installation(tmp_path, platform)
    machine.home.mkdir()
    machine.folder.mkdir()
    there = everything(tmp_path) | {"state": None}
    assert machine.install(client, scope).done is Done.ADDED
    _, path = file_of(machine, client, scope)
    assert path.stat().st_mode & 0o777 == 0o600
    assert machine.uninstall(client, scope).done is Done.REMOVED
    assert everything(tmp_path) == there


def test_every_row_has_a_name_of_its_own() -> None:
    """No two rows answer to one name, and people type names of one form."""
    names = [client.name for client in CLIENTS]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and " " not in name for name in names)


def test_a_neighbour_that_came_later_stays(tmp_path: Path) -> None:
    """Taking the entry out leaves what somebody wrote beside it since."""
    machine, cursor = installation(tmp_path), named("cursor")
    assert cursor is not None
    _, path = file_of(machine, cursor, Scope.USER)
    path.parent.mkdir(parents=True)
    path.write_text('{\n  "mcpServers": {\n    "a": {}\n  }\n}\n')
    machine.install(cursor, Scope.USER)
    text = path.read_text()
    text = text.replace("    }\n  }\n}", '    },\n    "late": {}\n  },\n  "b": 2\n}')
    path.write_text(text)
    machine.uninstall(cursor, Scope.USER)
    assert path.read_text() == (
        '{\n  "mcpServers": {\n    "a": {},\n    "late": {}\n  },\n  "b": 2\n}\n'
    )


def test_an_entry_that_somebody_changed_is_still_taken_out(tmp_path: Path) -> None:
    """The cut that put it in is gone; the member is found by its name."""
    machine, cursor = installation(tmp_path), named("cursor")
    assert cursor is not None
    machine.install(cursor, Scope.USER)
    _, path = file_of(machine, cursor, Scope.USER)
    path.write_text('{"mcpServers": {"portico": {"command": "mine"}, "a": {}}}')
    assert machine.uninstall(cursor, Scope.USER).done is Done.REMOVED
    assert path.read_text() == '{"mcpServers": {"a": {}}}'


def test_an_entry_that_moved_is_brought_up_to_date_and_undone_whole(tmp_path: Path) -> None:
    """Two installations from two places are one entry, and one undoing."""
    cursor = named("cursor")
    assert cursor is not None
    first = installation(tmp_path, program="/old/portico")
    second = installation(tmp_path, program="/new/portico")
    _, path = file_of(first, cursor, Scope.USER)
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"mcpServers": {"portico": {"command": "own"}}}')
    first.install(cursor, Scope.USER)
    assert second.install(cursor, Scope.USER).done is Done.UPDATED
    assert b"/new/portico" in path.read_bytes()
    second.uninstall(cursor, Scope.USER)
    assert path.read_bytes() == b'{"mcpServers": {"portico": {"command": "own"}}}'


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """It says what would happen, and nothing does."""
    machine = installation(tmp_path)
    for client in CLIENTS:
        for scope in Scope:
            machine.install(client, scope, dry=True)
    assert everything(tmp_path) == {}


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What changes is the file that a link leads to."""
    machine, cursor = installation(tmp_path), named("cursor")
    assert cursor is not None
    _, path = file_of(machine, cursor, Scope.USER)
    path.parent.mkdir(parents=True)
    real = tmp_path / "dotfiles.json"
    real.write_bytes(b"{}")
    path.symlink_to(real)
    machine.install(cursor, Scope.USER)
    assert path.is_symlink()
    assert b"portico" in real.read_bytes()
    machine.uninstall(cursor, Scope.USER)
    assert path.is_symlink()
    assert real.read_bytes() == b"{}"


def test_a_read_only_file_is_refused_and_kept(tmp_path: Path) -> None:
    """Somebody made it read-only for a reason; what would be written can still be printed."""
    machine, cursor = installation(tmp_path), named("cursor")
    assert cursor is not None
    _, path = file_of(machine, cursor, Scope.USER)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{}")
    path.chmod(0o444)
    report = machine.install(cursor, Scope.USER)
    assert (report.done, report.reason) == (Done.REFUSED, "it is read-only")
    assert path.read_bytes() == b"{}"


def test_the_mode_of_a_file_is_kept(tmp_path: Path) -> None:
    """A file that others may read stays one."""
    machine, cursor = installation(tmp_path), named("cursor")
    assert cursor is not None
    _, path = file_of(machine, cursor, Scope.USER)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{}")
    path.chmod(0o640)
    machine.install(cursor, Scope.USER)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_projects_link_out_of_it_is_refused(tmp_path: Path) -> None:
    """A hostile project does not have Portico write elsewhere."""
    machine, vscode = installation(tmp_path), named("vscode")
    assert vscode is not None
    machine.folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (machine.folder / ".vscode").symlink_to(tmp_path / "elsewhere")
    report = machine.install(vscode, Scope.PROJECT)
    assert report.done is Done.REFUSED
    assert "leads out of" in report.reason
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_file_that_is_no_json_is_refused_with_its_line(tmp_path: Path) -> None:
    """Nobody's half-edited file is guessed at."""
    machine, zed = installation(tmp_path), named("zed")
    assert zed is not None
    _, path = file_of(machine, zed, Scope.USER)
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{\n  "a": \n}')
    report = machine.install(zed, Scope.USER)
    assert (report.done, report.reason) == (Done.REFUSED, "line 3: it is not JSON")


def test_programs_with_windows_get_an_absolute_path_and_projects_a_bare_name(
    tmp_path: Path,
) -> None:
    """What no shell starts finds Portico, and a committed file names no machine's path."""
    machine = installation(tmp_path)
    cursor, codex = named("cursor"), named("codex")
    assert cursor is not None
    assert codex is not None
    assert machine.command(cursor, Scope.USER) == ["/opt/portico/bin/portico", "mcp"]
    assert machine.command(cursor, Scope.PROJECT) == ["portico", "mcp"]
    assert machine.command(codex, Scope.USER) == ["portico", "mcp"]
    off = installation(tmp_path, on_path=False)
    assert off.command(codex, Scope.USER) == ["/opt/portico/bin/portico", "mcp"]


def test_what_codex_reads_is_a_table_of_its_own(tmp_path: Path) -> None:
    """TOML is written as TOML, behind everything else."""
    machine, codex = installation(tmp_path), named("codex")
    assert codex is not None
    _, path = file_of(machine, codex, Scope.USER)
    path.parent.mkdir(parents=True)
    path.write_bytes(b'model = "x"\n')
    machine.install(codex, Scope.USER)
    assert path.read_text() == (
        'model = "x"\n\n[mcp_servers.portico]\ncommand = "portico"\nargs = ["mcp"]\n'
    )
    assert tomllib.loads(path.read_text())["model"] == "x"


def test_a_file_that_is_all_ours_is_kept_when_somebody_changed_it(tmp_path: Path) -> None:
    """What a person wrote into it since is theirs, and uninstalling does not throw it away."""
    machine, template = installation(tmp_path), named("lsp4ij")
    assert template is not None
    machine.install(template, Scope.USER)
    _, path = file_of(machine, template, Scope.USER)
    path.write_text('{"id": "portico", "mine": true}')
    report = machine.uninstall(template, Scope.USER)
    assert (report.done, report.reason) == (
        Done.REFUSED,
        "line 1: it was changed since Portico wrote it",
    )
    assert path.read_text() == '{"id": "portico", "mine": true}'


def test_the_template_starts_the_language_server_and_not_the_mcp_server(tmp_path: Path) -> None:
    """Its command line is one text, which a path with a space must not tear apart."""
    machine = installation(tmp_path, program="/opt/my tools/portico")
    template = named("lsp4ij")
    assert template is not None
    machine.install(template, Scope.USER)
    place, path = file_of(machine, template, Scope.USER)
    found: Any = said(place, path.read_bytes())
    assert shlex.split(found["programArgs"]["default"]) == ["/opt/my tools/portico", "lsp"]


@pytest.mark.parametrize("one", FAMILIES, ids=lambda one: one.name)
def test_a_family_is_made_of_clients_and_called_like_none(one: Family) -> None:
    """Its name leads to rows of the table, each of which can be named alone."""
    assert named(one.name) is None
    assert all(named(member) for member in one.members)
