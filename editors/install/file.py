"""Other programs' files, read and written so that nobody ever finds half of one."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

MOST = 16 * 1024 * 1024
"""Bytes of a file that is read; a larger one is no configuration."""


class Untouchable(OSError):  # noqa: N818 - it says what the file is.
    """A file that is not written; the text says why, for a person."""


def read(path: Path) -> bytes | None:
    """A file's bytes, or None where there is none.

    Raises:
        Untouchable: It cannot be read, or is no file.
    """
    try:
        if path.exists() and not path.is_file():
            raise Untouchable("it is not a file")
        with path.open("rb") as file:
            text = file.read(MOST + 1)
    except FileNotFoundError:
        return None
    except PermissionError as wrong:
        raise Untouchable("it may not be read") from wrong
    if len(text) > MOST:
        raise Untouchable("it is larger than 16 MB")
    return text


def write(path: Path, text: bytes, *, inside: Path | None = None) -> list[Path]:
    """Put `text` in place of a file at once, keeping its mode; a link's target is what changes.

    Args:
        path: The file.
        text: All of it.
        inside: The folder that it must not lead out of, by a link.

    Returns:
        What was made for it, the deepest first: the file and the folders above it.

    Raises:
        Untouchable: It is read-only, leads out of `inside`, or its folder refuses.
    """
    real = path.resolve()
    if inside is not None and not real.is_relative_to(inside.resolve()):
        raise Untouchable(f"it leads out of {inside}")
    mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else None
    if mode is not None and not mode & stat.S_IWUSR:
        raise Untouchable("it is read-only")
    made = [] if mode is not None else [real]
    made += [folder for folder in real.parents if not folder.exists()]
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        _replace(real, text, 0o600 if mode is None else mode)
    except OSError as wrong:
        raise Untouchable(f"its folder refuses: {wrong.strerror}") from wrong
    return made


def unmake(made: list[Path]) -> None:
    """Remove what `write` made, as far as nobody has put anything else there."""
    for path in made:
        try:
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)
        except OSError:
            return  # Somebody uses the folder now, and so all above it.


def _replace(real: Path, text: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(real)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
