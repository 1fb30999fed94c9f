"""The key of the sealed store, kept by the operating system's keyring.

The library `keyring` would choose a backend by itself, and with third-party backends installed it
chooses one that writes plain text to a file, or one that asks for a password on standard input,
which is the editor's pipe. So Portico names the classes it trusts, loads those modules alone, and
obeys neither `PYTHON_KEYRING_BACKEND` nor the keyring's configuration file. The library's chain of
backends is not trusted either; its members are, one by one.
"""

from __future__ import annotations

import base64
import binascii
import importlib
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from auth.errand import Errand
from auth.fault import Fault, Who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    T = TypeVar("T")

TRUSTED = (
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.libsecret", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
    ("keyring.backends.kwallet", "DBusKeyringKWallet4"),
    ("keyring.backends.macOS", "Keyring"),
    ("keyring.backends.Windows", "WinVaultKeyring"),
)
"""Module and class of every backend that keeps secrets as an operating system should."""

ACCOUNT = "store-key-1"
KEY_BYTES = 32
BOUND = 3.0


class Backend(Protocol):
    """What Portico uses of a keyring backend; every call may block, and may raise anything."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret of `username` at `service`, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""


class NoKeyring(Fault):
    """No keyring of the operating system can be used here."""

    reference = "no-keyring"
    who = Who.PERSON
    remedy = "Start or unlock the desktop's keyring to stay signed in after a restart."


def trusted(backend: object) -> bool:
    """Whether `backend` is one that Portico may give a secret to. A subclass is somebody else."""
    kind = type(backend)
    return (kind.__module__, kind.__qualname__) in TRUSTED


def choose(candidates: Iterable[Backend] | None = None) -> Backend:
    """The best trusted backend that works in this session. Blocks.

    Args:
        candidates: Backends to choose from; without them, the trusted ones that are viable.

    Raises:
        NoKeyring: There is none.
    """
    found = _viable() if candidates is None else candidates
    best = max((b for b in found if trusted(b)), key=_priority, default=None)
    if best is None:
        msg = "This session has no Secret Service, KWallet, Keychain or Credential Manager."
        raise NoKeyring(msg)
    return best


def _priority(backend: Backend) -> float:
    return float(getattr(backend, "priority", 0))


def _viable() -> Iterable[Backend]:
    _find_session_bus()
    for module, name in TRUSTED:
        try:
            kind = getattr(importlib.import_module(module), name)
        except ImportError:
            # A backend of another operating system.
            continue
        if kind.viable:
            yield kind()


def _find_session_bus() -> None:
    """Name the session bus at its standard place, because the hub starts with a bare environment.

    The D-Bus library looks at this variable alone and has no default of its own.
    """
    if sys.platform == "linux" and "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        bus = Path(f"/run/user/{os.getuid()}/bus")
        if bus.is_socket() and bus.stat().st_uid == os.getuid():
            os.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={bus}"


class VaultKey:
    """One 32-byte key in the keyring.

    Args:
        service: The name under which the keyring knows this Portico (`Home.keyring_service`).
        backend: The backend to use as it is; without it, `choose` picks one when first needed.
    """

    def __init__(self, service: str, backend: Backend | None = None) -> None:
        self._service = service
        self._backend = backend

    async def read(self) -> bytes | None:
        """The key, or None if the keyring works and holds none.

        Raises:
            NoKeyring: There is no keyring to trust, or it failed or did not answer in time.
        """
        return await _bounded(self._read)

    async def make(self) -> bytes:
        """The key, made now if there was none. Call it under a lock between processes.

        Raises:
            NoKeyring: As for `read`.
        """
        return await _bounded(self._make)

    async def note(self, account: str) -> str | None:
        """A short text that was kept beside the key, or None. No secret; it cannot go unnoticed.

        Raises:
            NoKeyring: As for `read`.
        """
        return await _bounded(lambda: self._chosen().get_password(self._service, account))

    async def keep_note(self, account: str, text: str) -> None:
        """Keep such a text.

        Raises:
            NoKeyring: As for `read`.
        """
        await _bounded(lambda: self._keep(account, text))

    def _chosen(self) -> Backend:
        if self._backend is None:
            self._backend = choose()
        return self._backend

    def _keep(self, account: str, text: str) -> None:
        backend = self._chosen()
        backend.set_password(self._service, account, text)
        if backend.get_password(self._service, account) != text:
            msg = "The operating system's keyring did not keep what Portico gave it."
            raise NoKeyring(msg)

    def _read(self) -> bytes | None:
        return _decode(self._chosen().get_password(self._service, ACCOUNT))

    def _make(self) -> bytes:
        key = self._read()
        if key is None:
            key = secrets.token_bytes(KEY_BYTES)
            backend = self._chosen()
            backend.set_password(self._service, ACCOUNT, base64.b64encode(key).decode())
            # A keyring that does not give back what it took would lose the sign-in at the restart.
            if _decode(backend.get_password(self._service, ACCOUNT)) != key:
                msg = "The operating system's keyring did not keep Portico's key."
                raise NoKeyring(msg)
        return key


def _decode(text: str | None) -> bytes | None:
    """The key in `text`; anything that is not one counts as none, and is then replaced."""
    try:
        key = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


async def _bounded(call: Callable[[], T]) -> T:
    try:
        return await Errand(call).run(BOUND)
    except NoKeyring:
        raise
    except TimeoutError as late:
        msg = f"The operating system's keyring did not answer within {BOUND:g} seconds."
        raise NoKeyring(msg) from late
    except Exception as broken:
        # Backends raise what their libraries raise: D-Bus, Cocoa and Win32 errors have no root
        # in common. Only the type is named, because the text may quote what was stored.
        msg = f"The operating system's keyring failed ({type(broken).__name__})."
        raise NoKeyring(msg) from broken
