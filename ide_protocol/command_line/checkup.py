"""What the doctor can see without the hub: folders, configuration, launcher."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from auth.fault import Fault
from proxy.plain import plain

if TYPE_CHECKING:
    from ide_protocol.own.contract import Check, Hub
    from proxy.home import Home


CONFIGURATION = "configuration folder"
"""The name of the one folder that others may look into."""


def local_checks(home: Home) -> list[Check]:
    """Every check of this machine, the cheapest first."""
    return [
        *(folder_check(name, path) for name, path in _folders(home)),
        configuration_check(home),
        launcher_check(isolated=bool(sys.flags.isolated)),
    ]


def tilde(path: str) -> str:
    """A path as people write it: `~` for their own folder."""
    home = os.path.expanduser("~").rstrip("/")  # noqa: PTH111 - text, as the other paths are.
    return f"~{path[len(home) :]}" if home and f"{path}/".startswith(f"{home}/") else path


def folder_check(name: str, path: str) -> Check:
    """Whether a folder belongs to this user alone; one that is not there yet will."""
    where, path = path, tilde(path)
    try:
        found = os.lstat(where)
    except FileNotFoundError:
        return _check(name, "ok", f"{path} is made when it is needed.")
    except OSError as wrong:
        return _check(
            name, "failed", f"{path}: {wrong.strerror}.", "Make its parent folders accessible."
        )
    mode = stat.S_IMODE(found.st_mode)
    if not stat.S_ISDIR(found.st_mode):
        remedy = f"Move {path} away; Portico makes a folder of its own."
        return _check(name, "failed", f"{path} is not a folder.", remedy)
    if found.st_uid != os.getuid():
        remedy = "Ask who made it to remove it, or set PORTICO_HOME to a folder of yours."
        return _check(name, "failed", f"{path} belongs to another user.", remedy)
    # Others may look at the configuration, which holds no secret, but not change it.
    forbidden, verb = (0o022, "change") if name == CONFIGURATION else (0o077, "enter")
    if mode & forbidden:
        finding = f"Other users may {verb} {path}."
        return _check(name, "failed", finding, f"Run `chmod go-rwx {path}`.")
    return _check(name, "ok", f"{path} is private.")


def configuration_check(home: Home) -> Check:
    """Whether portico.toml can be read and is valid, under what the company set up."""
    # They read and check more than other commands need.
    from ide_protocol.wiring import company_setup
    from proxy.configuration import load

    shown, given = tilde(home.file), company_setup(home)
    setup = given.load()
    if given.fault is not None:
        return _check("configuration", "failed", given.fault.message, given.fault.remedy)
    if not Path(home.file).exists():
        if setup is not None:
            name = plain(setup.company.name, 80)
            return _check("configuration", "ok", f"This machine is set up for {name}.")
        finding = f"There is no {shown} yet, so no server is known."
        remedy = "Join your company with `portico setup URL`; see docs/setup.md."
        return _check("configuration", "warning", finding, remedy)
    try:
        load(home.file, setup)
    except Fault as invalid:
        return _check("configuration", "failed", invalid.message, invalid.remedy)
    return _check("configuration", "ok", f"{shown} is valid.")


def launcher_check(*, isolated: bool) -> Check:
    """Whether the command on PATH is this installation's, and keeps workspaces out."""
    if not isolated:
        return _check(
            "launcher",
            "failed",
            "Python runs without isolation, so a workspace could put code in Portico's place.",
            "Start Portico by its launcher `portico`, not by a script of another name.",
        )
    own = Path(sys.executable).parent / "portico"
    on_path = shutil.which("portico")
    if on_path is None:
        finding = "`portico` is not on PATH; editors need its full path."
        remedy = f"Use {tilde(str(own))}, or add its folder to PATH."
        return _check("launcher", "warning", finding, remedy)
    if Path(on_path).resolve() != own.resolve():
        finding = f"`portico` on PATH is {tilde(on_path)}, another installation than this."
        remedy = f"Use {tilde(str(own))}, or change the order of PATH."
        return _check("launcher", "warning", finding, remedy)
    return _check("launcher", "ok", f"{tilde(on_path)} starts Python isolated.")


def version_check(own: str, hub: Hub) -> Check:
    """Whether the hub is of this command's version."""
    if hub["version"] == own:
        finding = f"Process {hub['pid']} answers, version {own}."
        return _check("hub", "ok", finding)
    finding = f"The hub is version {hub['version']}, this command {own}."
    return _check(
        "hub", "warning", finding, "Run `portico hub stop`; the next start is this one's."
    )


def _folders(home: Home) -> tuple[tuple[str, str], ...]:
    return (
        (CONFIGURATION, home.configuration),
        ("state folder", home.state),
        ("cache folder", home.cache),
        ("socket folder", home.run),
    )


def _check(
    name: str, state: Literal["ok", "warning", "failed"], finding: str, remedy: str = ""
) -> Check:
    return {"name": name, "state": state, "finding": finding, "remedy": remedy}
