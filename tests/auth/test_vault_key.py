"""Which keyrings are trusted with the key, and that none can hang or ask."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, chainer, fail, null

from auth import vault_key
from auth.vault_key import NoKeyring, VaultKey, choose, trusted

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.vault_key import Backend


class PlaintextKeyring(KeyringBackend):
    """A third-party backend with a priority above all, as those of some packages."""

    priority = 100.0

    def get_password(self, service: str, username: str) -> str | None:
        """Ask on standard input, which must never happen."""
        return input(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write plain text, which must never happen."""
        raise AssertionError((service, username, password))


class Derived(SecretService.Keyring):
    """A subclass of a trusted backend is somebody else's code."""

    priority = 100.0


def _made(kind: Callable[[], Backend]) -> Backend:
    return kind()


def test_only_the_operating_systems_own_keyrings_are_trusted() -> None:
    """Plain text, the failing and null backends, subclasses and the chain are not chosen."""
    others: list[Backend] = [
        _made(PlaintextKeyring),
        _made(fail.Keyring),
        _made(null.Keyring),
        _made(chainer.ChainerBackend),
        _made(Derived),
    ]
    assert not any(trusted(other) for other in others)
    with pytest.raises(NoKeyring):
        choose(others)
    assert trusted(_made(SecretService.Keyring))


def test_the_librarys_own_choice_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the environment nor a registered plug-in brings in a backend."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{__name__}.PlaintextKeyring")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    assert PlaintextKeyring in KeyringBackend._classes
    with pytest.raises(NoKeyring):
        choose()


async def test_a_keyring_that_waits_for_an_unseen_prompt_hangs_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A call that does not return is given up after the bound."""
    monkeypatch.setattr(vault_key, "BOUND", 0.05)
    prompt = threading.Event()

    class Waiting:
        def get_password(self, *_: str) -> str | None:
            prompt.wait()
            return None

        def set_password(self, *_: str) -> None: ...

    with pytest.raises(NoKeyring, match="did not answer"):
        await VaultKey("t", Waiting()).read()
    prompt.set()


async def test_what_a_keyring_says_when_it_fails_is_not_repeated() -> None:
    """Only the type of its error is told, because the text may quote the secret."""

    class Failing:
        def get_password(self, *_: str) -> str | None:
            raise ZeroDivisionError("secret")

        def set_password(self, *_: str) -> None: ...

    with pytest.raises(NoKeyring) as told:
        await VaultKey("t", Failing()).read()
    assert "ZeroDivisionError" in told.value.message
    assert "secret" not in told.value.message


async def test_a_keyring_that_forgets_is_found_out() -> None:
    """A backend that keeps nothing is not used, so that nothing is sealed under a lost key."""
    with pytest.raises(NoKeyring, match="did not keep"):
        await VaultKey("t", _made(null.Keyring)).make()
