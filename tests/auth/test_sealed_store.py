"""The sealed file: what is changed, foreign or unreadable counts as absent."""

from __future__ import annotations

import asyncio
import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from auth.lock_file import LockFile, LockHeld
from auth.sealed_store import SealedStore
from tests.auth.issuer_double import KeyringDouble


def _store(folder: Path, keyring: KeyringDouble, binding: str = "issuer client") -> SealedStore:
    return SealedStore(
        str(folder / "state" / "sign-in"), service="t", binding=binding, keyring_backend=keyring
    )


async def test_what_was_written_is_read_by_another_process(
    tmp_path: Path, keyring: KeyringDouble
) -> None:
    """A second store over the same file and keyring finds the content, also the first key."""
    early = _store(tmp_path, keyring)
    assert await early.read() is None
    await _store(tmp_path, keyring).write({"a": ["ü", 1]})
    assert await early.read() == {"a": ["ü", 1]}
    await early.erase()
    assert await _store(tmp_path, keyring).read() is None


async def test_two_that_start_together_make_one_key(tmp_path: Path, keyring: KeyringDouble) -> None:
    """Whoever writes last is readable by all, because the key is made under a lock."""
    stores = [_store(tmp_path, keyring) for _ in range(4)]
    await asyncio.gather(*(store.write({"n": n}) for n, store in enumerate(stores)))
    assert len({str(await store.read()) for store in stores}) == 1
    assert (await stores[0].read() or {}).keys() == {"n"}


@pytest.mark.parametrize("harm", ["flip", "cut", "empty", "binding", "key", "key gone"])
async def test_a_changed_or_foreign_file_counts_as_absent_and_is_logged(
    tmp_path: Path, keyring: KeyringDouble, caplog: pytest.LogCaptureFixture, harm: str
) -> None:
    """A flipped bit, another issuer's file and a lost key mean "signed out", with a log line."""
    await _store(tmp_path, keyring).write({"token": "t"})
    _spoil(tmp_path / "state" / "sign-in", harm)
    if harm.startswith("key"):
        keyring = KeyringDouble()
    if harm == "key":
        await _store(tmp_path / "elsewhere", keyring).write({})
    reader = _store(tmp_path, keyring, "other client" if harm == "binding" else "issuer client")
    assert await reader.read() is None
    assert "cannot be opened" in caplog.text
    await reader.write({"token": "new"})
    assert await reader.read() == {"token": "new"}


def _spoil(path: Path, harm: str) -> None:
    sealed = path.read_bytes()
    flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])
    path.write_bytes({"flip": flipped, "cut": sealed[:10], "empty": b""}.get(harm, sealed))


async def test_a_disk_that_fails_leaves_no_spent_token_behind(
    tmp_path: Path, keyring: KeyringDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the new content cannot be written, memory keeps it and the old file goes."""
    store = _store(tmp_path, keyring)
    await store.write({"n": 1})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    await store.write({"n": 2})
    assert (store.kind, await store.read()) == ("memory", {"n": 2})
    assert sorted(os.listdir(tmp_path / "state")) == ["sign-in.key-lock"]  # noqa: PTH208


async def test_a_process_that_is_killed_frees_the_lock(tmp_path: Path) -> None:
    """A living holder is waited for in vain; its death lets the next one in."""
    path = str(tmp_path / "lock")
    program = (
        "import fcntl,os,sys; f=os.open(sys.argv[1], os.O_CREAT|os.O_RDWR); "
        "fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(  # noqa: ASYNC220 - it answers at once.
        [sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockHeld):
            async with LockFile(path).held(0.05):
                pass
        holder.kill()
    # The one that waited in vain got the lock after all, and must have given it back.
    async with LockFile(path).held(20.0):
        pass


async def test_two_stores_of_a_home_make_one_key(tmp_path: Path, keyring: KeyringDouble) -> None:
    """Sign-in and pairings are first written at the same moment, and each opens with that key."""
    lock = str(tmp_path / "vault-key.lock")
    stores = [
        SealedStore(
            str(tmp_path / name), service="t", binding=name, key_lock=lock, keyring_backend=keyring
        )
        for name in ("sign-in", "pairings")
    ]
    await asyncio.gather(*(store.write({"n": 1}) for store in stores))
    for name in ("sign-in", "pairings"):
        later = SealedStore(
            str(tmp_path / name), service="t", binding=name, keyring_backend=keyring
        )
        assert await later.read() == {"n": 1}


async def test_a_file_of_another_user_of_the_machine_does_not_open(
    tmp_path: Path, keyring: KeyringDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the keyring's entry was copied over with it."""
    await _store(tmp_path, keyring).write({"n": 1})
    other = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: other)
    assert await _store(tmp_path, keyring).read() is None


async def test_a_plain_file_is_written_only_where_somebody_asked_for_it_by_name(
    tmp_path: Path, keyring: KeyringDouble
) -> None:
    """Without a keyring memory is all there is; the setting alone brings the file, mode 0600."""
    keyring.lock_up()
    path = tmp_path / "state" / "sign-in"
    file = tmp_path / "state" / "sign-in.unencrypted"
    silent = _store(tmp_path, keyring)
    await silent.write({"token": "canary"})
    assert (silent.kind, os.listdir(tmp_path)) == ("memory", [])  # noqa: PTH208
    asked = SealedStore(
        str(path), service="t", binding="issuer client", plain=True, keyring_backend=keyring
    )
    await asked.write({"token": "canary"})
    assert asked.kind == "unencrypted-file"
    assert file.stat().st_mode & 0o777 == 0o600
    later = SealedStore(
        str(path), service="t", binding="issuer client", plain=True, keyring_backend=keyring
    )
    assert await later.read() == {"token": "canary"}
    foreign = SealedStore(
        str(path), service="t", binding="other", plain=True, keyring_backend=keyring
    )
    assert await foreign.read() is None
    assert await _store(tmp_path, keyring).read() is None
    assert not file.exists(), "without the setting it does not stay"


async def test_a_keyring_that_comes_takes_over_from_the_plain_file(
    tmp_path: Path, keyring: KeyringDouble
) -> None:
    """What was plain is read once more, and sealed and removed with the next writing."""
    path = str(tmp_path / "sign-in")
    keyring.lock_up()
    await SealedStore(path, service="t", binding="b", plain=True, keyring_backend=keyring).write(
        {"n": 1}
    )
    keyring.locked = False
    store = SealedStore(path, service="t", binding="b", plain=True, keyring_backend=keyring)
    assert await store.read() == {"n": 1}
    await store.write({"n": 2})
    assert store.kind == "keyring"
    assert not (tmp_path / "sign-in.unencrypted").exists()
    await store.erase()
    assert await store.read() is None


async def test_the_sealed_file_is_private_and_replaced_in_one_step(
    tmp_path: Path, keyring: KeyringDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a new file of mode 0600 each time, on the disk before it takes the old one's name."""
    store, file = _store(tmp_path, keyring), tmp_path / "state" / "sign-in"
    steps: list[str] = []
    sync, swap = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        steps.append("on disk")
        sync(descriptor)

    def replaced(fresh: Path, target: Path) -> Path:
        steps.append(f"named, {stat.S_IMODE(fresh.stat().st_mode):o}")
        return swap(fresh, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    await store.write({"n": 1})
    first = file.stat().st_ino
    await store.write({"n": 2})
    assert steps == ["on disk", "named, 600"] * 2
    assert file.stat().st_ino != first
    key = base64.b64decode(next(iter(keyring.kept.values())))
    assert len(key) == 32
