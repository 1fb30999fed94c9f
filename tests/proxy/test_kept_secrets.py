"""The user's own secrets: sealed, named by the configuration, and given back to nobody."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from auth.sealed_store import SealedStore
from proxy.kept_secrets import KeptSecrets, NoKeyring, SecretMissing, SecretUnfit
from tests.auth.issuer_double import KeyringDouble

if TYPE_CHECKING:
    from pathlib import Path


def secrets(folder: Path, keyring: KeyringDouble) -> KeptSecrets:
    """What one hub keeps in a folder."""
    return KeptSecrets(
        lambda: SealedStore(
            f"{folder}/secrets", service="t", binding="s", spent=False, keyring_backend=keyring
        )
    )


def on_disk(folder: Path) -> bytes:
    """All bytes of all files of a folder."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_a_secret_is_sealed_or_not_kept_at_all(tmp_path: Path) -> None:
    """On disk it is unreadable; without a keyring it is refused, and what was kept stays."""
    keyring = KeyringDouble()
    kept = secrets(tmp_path, keyring)
    await kept.keep("github/TOKEN", "geheim-geheim")
    assert b"geheim" not in on_disk(tmp_path)
    keyring.lock_up()
    locked = secrets(tmp_path, keyring)
    with pytest.raises(NoKeyring):
        await locked.keep("other", "geheim")
    keyring.locked = False
    assert await secrets(tmp_path, keyring).names() == ["github/TOKEN"]


async def test_a_reference_is_resolved_and_a_missing_one_says_what_helps(tmp_path: Path) -> None:
    """What refers to nothing is given as it stands."""
    kept = secrets(tmp_path, KeyringDouble())
    await kept.keep("a/B", "geheim")
    values = {"B": "keyring:a/B", "C": "plain"}
    assert await kept.resolved("a", values) == {"B": "geheim", "C": "plain"}
    with pytest.raises(SecretMissing, match="a/X") as missing:
        await kept.resolved("a", {"X": "keyring:a/X"})
    assert missing.value.remedy == "Keep it with `portico secrets set a/X`."


async def test_two_that_keep_at_once_both_keep(tmp_path: Path) -> None:
    """Another process's secret is not lost to this one's."""
    keyring = KeyringDouble()
    hubs = [secrets(tmp_path, keyring) for _ in range(4)]
    await asyncio.gather(*(hub.keep(f"n{n}", "x") for n, hub in enumerate(hubs)))
    assert await hubs[0].names() == ["n0", "n1", "n2", "n3"]


async def test_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    """And forgetting what is not there says so."""
    kept = secrets(tmp_path, KeyringDouble())
    await kept.keep("a", "x")
    assert await kept.forget("a")
    assert not await kept.forget("a")
    assert await kept.names() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("", "x"), ("a b", "x"), ("-a", "x"), ("a" * 101, "x"), ("a", ""), ("a", "x\ny")],
)
async def test_what_is_no_name_or_no_line_is_refused(tmp_path: Path, name: str, value: str) -> None:
    """Before anything is opened."""
    with pytest.raises(SecretUnfit):
        await secrets(tmp_path, KeyringDouble()).keep(name, value)
