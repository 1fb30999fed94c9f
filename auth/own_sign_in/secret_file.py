"""A client's secret or private key, in a file that nobody but the user can read."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from auth.own_sign_in.fault import ClientSecretUnusable
from auth.secret import Secret

if TYPE_CHECKING:
    from auth.own_sign_in.registration import Registration

_LARGEST = 16 * 1024


def read_secret(registration: Registration) -> Secret | None:
    """What the file of a registration holds, or None where it names none. Blocks.

    Raises:
        ClientSecretUnusable: There is no such file, others can read it, or it holds nothing.
    """
    path = registration.secret_file or registration.key_file
    if not path:
        return None
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - checked by its descriptor.
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(_LARGEST).strip()
    except (OSError, ValueError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "it is not text"
        msg = f"The client's secret cannot be read from {path} ({reason})."
        raise ClientSecretUnusable(msg) from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        msg = f"Others than you can read {path}, which holds a client's secret."
        raise ClientSecretUnusable(msg)
    if not text:
        msg = f"{path} holds no secret."
        raise ClientSecretUnusable(msg)
    return Secret(text)
