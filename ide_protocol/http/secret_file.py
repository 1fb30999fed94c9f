"""The secret that clients of the loopback front send: a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
import stat
from typing import TYPE_CHECKING

from auth.fault import Fault, Who
from auth.secret import Secret

if TYPE_CHECKING:
    from proxy.home import Home

_MOST = 4096
_LEAST = 32


class SecretFileUnsafe(Fault):
    """The file of the HTTP front's secret is not one that only this user can read."""

    reference = "http-secret-unsafe"
    who = Who.PERSON
    remedy = "Delete the file; the next start makes a new one. Clients then need the new secret."


def path(home: Home) -> str:
    """Where the secret is."""
    return f"{home.state}/http-secret"


def obtain(home: Home) -> Secret:
    """The secret of this home, made where there is none yet.

    It stays the same from start to start, because clients are configured with it.

    Raises:
        SecretFileUnsafe: The file is somebody else's, a link, readable for others, or too short.
        OSError: It cannot be read or made.
    """
    os.makedirs(home.state, mode=0o700, exist_ok=True)  # noqa: PTH103 - a home's paths are text.
    try:
        made = os.open(path(home), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return _read(path(home))
    with os.fdopen(made, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(32)
        file.write(secret + "\n")
    return Secret(secret)


def _read(file: str) -> Secret:
    try:
        # Not to wait for whoever would write, should it be a pipe.
        found = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as wrong:
        msg = f"{file} cannot be read ({wrong.strerror})."
        raise SecretFileUnsafe(msg) from wrong
    try:
        state = os.fstat(found)
        if not stat.S_ISREG(state.st_mode) or state.st_uid != os.getuid() or state.st_mode & 0o077:
            msg = f"Others can read {file}, or it is not this user's file."
            raise SecretFileUnsafe(msg)
        text = os.read(found, _MOST).strip()
    finally:
        os.close(found)
    if len(text) < _LEAST or not text.isascii():
        msg = f"{file} holds no secret."
        raise SecretFileUnsafe(msg)
    return Secret(text.decode("ascii"))
