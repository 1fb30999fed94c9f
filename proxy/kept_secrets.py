"""The user's own secrets, which are named where they are needed and never held: `keyring:NAME`.

They are for a variable of a program or a header of an address, in `portico.toml`, and for the
header that a server of the registry wants of each user. One sealed file has them all, its key in
the keyring. Nothing gives one back but the start of a program, or a request, that it is named for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from auth.fault import Fault, Who
from auth.lock_file import LockHeld
from auth.secret import Secret
from proxy.plain import plain
from proxy.secrecy import SEALED_NAME, reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractAsyncContextManager

_LONGEST = 16 * 1024
_MOST = 200
_PATIENCE = 10.0
"""Seconds to wait for another process that writes."""


class NoKeyring(Fault):
    """There is no keyring that a secret could be sealed with, so it is not kept at all."""

    reference = "secret-not-kept"
    who = Who.PERSON
    remedy = "Unlock or install a keyring; `portico doctor` says what is there."


class SecretUnfit(Fault):
    """A secret's name or value is not one that can be kept."""

    reference = "secret-unfit"
    who = Who.PERSON
    remedy = "A name has up to 100 of letters, digits and . _ / -, and a value one line."


class SecretMissing(Fault):
    """The configuration names a secret that is not kept here."""

    reference = "secret-missing"
    who = Who.PERSON
    remedy = "Keep it with `portico secrets set NAME`."


class Store(Protocol):
    """One sealed dict; see `auth.sealed_store.SealedStore`."""

    @property
    def kind(self) -> str:
        """`keyring`, or `memory` where there is none."""
        ...

    async def read(self) -> dict[str, object] | None:
        """What is kept."""
        ...

    async def write(self, content: dict[str, object]) -> None:
        """Keep this instead."""
        ...

    def turn(self, bound: float) -> AbstractAsyncContextManager[None]:
        """Hold it against other processes."""
        ...


class KeptSecrets:
    """What is kept for this user.

    Args:
        store: Opens the sealed file; called when somebody first needs it.
    """

    def __init__(self, store: Callable[[], Store]) -> None:
        self._make = store
        self._store: Store | None = None

    async def names(self) -> list[str]:
        """The names of all of them, in order; never what they are."""
        return sorted(await self._read())

    async def keep(self, name: str, value: str) -> None:
        """Keep a secret, in place of what had the name before.

        Raises:
            SecretUnfit: It cannot be kept under this name, or is no line of text.
            NoKeyring: There is nothing to seal it with; then it is nowhere.
        """
        if not SEALED_NAME.fullmatch(name):
            raise SecretUnfit(f'"{plain(name, 100)}" cannot be the name of a secret.')
        if not value or len(value) > _LONGEST or not value.isprintable():
            raise SecretUnfit("A secret is one line of text.")
        await self._change(name, value)

    async def forget(self, name: str) -> bool:
        """Forget a secret; False where there is none of that name."""
        return name in await self._read() and await self._change(name, None)

    async def resolved(self, server: str, values: Mapping[str, str]) -> dict[str, str]:
        """Variables or headers with the secrets that they refer to.

        Raises:
            SecretMissing: One of them is not kept.
        """
        named = {key: name for key, value in values.items() if (name := reference(value))}
        kept = await self._read() if named else {}
        for name in named.values():
            if name not in kept:
                raise SecretMissing(
                    f"{server} needs the secret {name}, which is not kept here.",
                    remedy=f"Keep it with `portico secrets set {name}`.",
                )
        return {**values, **{key: kept[name].reveal() for key, name in named.items()}}

    async def sealed(self, server: str, values: Mapping[str, str]) -> dict[str, Secret]:
        """The same, as values that do not print; for headers, which are sent often.

        Raises:
            SecretMissing: One of them is not kept.
        """
        found = await self.resolved(server, values)
        return {name: Secret(value) for name, value in found.items()}

    async def _read(self) -> dict[str, Secret]:
        found = await self._opened().read() or {}
        return {name: Secret(value) for name, value in found.items() if isinstance(value, str)}

    async def _change(self, name: str, value: str | None) -> bool:
        store = self._opened()
        try:
            async with store.turn(_PATIENCE):
                # What another process kept meanwhile must survive.
                kept: dict[str, object] = dict(await store.read() or {})
                if store.kind != "keyring":
                    raise NoKeyring("There is no keyring here, so the secret is not kept.")
                kept.pop(name, None)
                if value is not None:
                    if len(kept) >= _MOST:
                        raise SecretUnfit(f"{_MOST} secrets are kept already.")
                    kept[name] = value
                await store.write(kept)
        except LockHeld as held:
            raise NoKeyring("Another process holds the secrets; try again.") from held
        if store.kind != "keyring":
            raise NoKeyring("The keyring refused, so the secret is kept until the hub ends.")
        return True

    def _opened(self) -> Store:
        if self._store is None:
            self._store = self._make()
        return self._store
