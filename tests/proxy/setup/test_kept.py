"""The accepted set-up on disk, and what finds that it is another one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from auth.vault_key import VaultKey
from proxy.setup.fault import SetupAltered, SetupLocked, SetupMissing
from proxy.setup.kept import Kept
from tests.auth.issuer_double import KeyringDouble
from tests.proxy.setup.conftest import Corp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from proxy.setup.source import Offered


async def _accept(kept: Kept, offered: Offered) -> None:
    await kept.accept(offered.setup, offered.url, offered.key, offered.signed)


async def test_what_was_accepted_holds_in_the_next_process(
    kept: Callable[[], Kept], corp: Corp
) -> None:
    """It is read without the keyring, and confirmed by it."""
    await _accept(kept(), corp.offers())
    later = kept()
    held = later.load()
    assert held is not None
    assert held.setup == corp.offers().setup
    states = [later.state]
    assert await later.confirm(held) is None
    states.append(later.state)
    assert states == ["unconfirmed", "sealed"]


@pytest.mark.parametrize("harm", ["changed", "older", "planted", "gone"])
async def test_a_set_up_that_was_not_accepted_never_counts(
    kept: Callable[[], Kept], corp: Corp, tmp_path: Path, harm: str
) -> None:
    """A file that was changed, put back, put there or taken away is found by the keyring's note."""
    file = tmp_path / "state" / "setup"
    await _accept(kept(), corp.offers(1))
    first = file.read_bytes()
    await _accept(kept(), corp.offers(2))
    said = json.loads(file.read_bytes())
    said["url"] = "https://evil.example/setup"
    elsewhere = Kept(str(tmp_path / "evil"), _locked())
    await _accept(elsewhere, Corp().offers(3))
    if harm == "gone":
        file.unlink()
    else:
        planted = (tmp_path / "evil").read_bytes()
        content = {"changed": json.dumps(said).encode(), "older": first, "planted": planted}
        file.write_bytes(content[harm])
    later = kept()
    fault = await later.confirm(later.load())
    assert isinstance(fault, SetupMissing if harm == "gone" else SetupAltered)


def _locked() -> VaultKey:
    """A keyring that does not open."""
    double = KeyringDouble()
    double.lock_up()
    return VaultKey("t", double)


async def test_a_set_up_nobody_accepted_here_does_not_count(
    kept: Callable[[], Kept], tmp_path: Path
) -> None:
    """A file that a program puts there before any set-up was accepted is not the person's word."""
    await _accept(Kept(str(tmp_path / "state" / "setup"), _locked()), Corp().offers())
    later = kept()
    assert isinstance(await later.confirm(later.load()), SetupAltered)


async def test_a_locked_keyring_confirms_nothing(
    kept: Callable[[], Kept], corp: Corp, keyring: KeyringDouble
) -> None:
    """Whoever keeps the keyring from answering gains nothing by it."""
    await _accept(kept(), corp.offers())
    keyring.lock_up()
    later = kept()
    assert isinstance(await later.confirm(later.load()), SetupLocked)


async def test_without_a_keyring_the_signature_alone_holds_and_it_is_said(
    corp: Corp, tmp_path: Path
) -> None:
    """A machine without a keyring can be set up; that nothing seals it is its state."""
    path = tmp_path / "setup"
    await _accept(Kept(str(path), _locked()), corp.offers())
    later = Kept(str(path), _locked())
    held = later.load()
    assert await later.confirm(held) is None
    assert later.state == "unsealed"
    said = json.loads(path.read_bytes())
    head, payload, signature = said["document"].split(".")
    said["document"] = ".".join((head, payload, signature[::-1]))
    path.write_text(json.dumps(said), encoding="utf-8")
    again = Kept(str(path), _locked())
    assert isinstance(await again.confirm(again.load()), SetupAltered)


async def test_what_is_no_set_up_is_refused_at_once(
    kept: Callable[[], Kept], tmp_path: Path
) -> None:
    """Junk in the file is not the absence of a set-up."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "setup").write_bytes(b"junk")
    with pytest.raises(SetupAltered):
        kept().load()
