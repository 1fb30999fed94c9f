"""Bringing a sandbox's folder back to where it began."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from sandbox.entries import launcher
from sandbox.running import Trouble

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.running import Folder

_PATIENCE = 60.0
_KEPT = "portico.toml"


def used(folder: Folder) -> bool:
    """Whether Portico has lived in the folder's home."""
    home = folder.home
    return home.is_dir() and any(each.name != _KEPT for each in home.iterdir())


def forget(folder: Folder) -> None:
    """End Portico in the folder's home, and forget that home and the gateway's log.

    Addresses stay, and so does the key that signs the set-up. No sandbox may run in the folder.

    Raises:
        Trouble: The folder is no sandbox's, or Portico does not end.
    """
    if folder.last() is None:
        msg = f"No sandbox was ever in {folder.root}, so nothing there is forgotten."
        raise Trouble(msg)
    with folder.held():
        if (folder.home / _KEPT).is_file():
            _end_portico(folder.home)
            # Renamed first: whoever still writes into it writes into what is going.
            gone = folder.root / f".gone.{os.getpid()}"
            folder.home.rename(gone)
            shutil.rmtree(gone)
        folder.witness.unlink(missing_ok=True)


def _end_portico(home: Path) -> None:
    environment = {**os.environ, "PORTICO_HOME": str(home)}
    ended = subprocess.run(
        [*launcher(), "hub", "stop"],
        env=environment,
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    if ended.returncode != 0:
        msg = f"Portico in {home} does not end, so nothing was forgotten. {ended.stderr.strip()}"
        raise Trouble(msg)
