"""A hub under a company's set-up: what holds, and what denies everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auth.vault_key import VaultKey
from ide_protocol.own.doctor import checks, look, walk
from ide_protocol.own.summary import problems, refusal, summary
from ide_protocol.wiring import build
from proxy.configuration.company_policy import CompanyPolicy
from proxy.home import Home
from proxy.policy.circumstances import Circumstances
from proxy.policy.joining import under
from proxy.policy.offering import Offering
from proxy.policy.ruling import Ruling
from proxy.policy.verdict import judge
from proxy.session import Session
from proxy.setup.company_setup import CompanySetup
from proxy.setup.fault import SetupAltered, SetupMissing, SetupUnusable
from proxy.setup.kept import Kept
from tests.auth.issuer_double import KeyringDouble
from tests.proxy.setup.conftest import TEXT, Corp

if TYPE_CHECKING:
    from pathlib import Path

    from proxy.hub import Hub


def _hub(folder: Path, keyring: KeyringDouble, managed: str = "") -> Hub:
    kept = Kept(str(folder / "state" / "setup"), VaultKey("t", keyring))
    setup = CompanySetup(kept, managed, frozenset({folder.stat().st_uid}))
    return build(Home(str(folder), own=True), CompanyPolicy(path=""), setup)


async def _accepted(folder: Path, keyring: KeyringDouble) -> None:
    kept = Kept(str(folder / "state" / "setup"), VaultKey("t", keyring))
    offered = Corp().offers()
    await kept.accept(offered.setup, offered.url, offered.key, offered.signed)


def _denied(hub: Hub, tool: str) -> bool:
    offering = under(hub.policy, Offering("box", "com.example/box", "Box", "https://b.example"))
    return judge(offering, tool, {"name": tool}, Circumstances()).ruling is Ruling.DENY


async def test_a_portico_toml_cannot_name_another_registry_where_a_company_set_up(
    tmp_path: Path,
) -> None:
    """Without a file the set-up holds; with one that names another registry nothing does."""
    keyring = KeyringDouble()
    await _accepted(tmp_path, keyring)
    hub = _hub(tmp_path, keyring)
    company = hub.configuration.company
    assert company is not None
    assert company.registry == "https://registry.corp.example"
    assert (_denied(hub, "drop_table"), _denied(hub, "read_rows")) == (True, False)
    await hub.aclose()
    (tmp_path / "portico.toml").write_text(
        '[company]\nregistry = "https://evil.example"\n', encoding="utf-8"
    )
    hub = _hub(tmp_path, keyring)
    assert hub.registry is None
    assert hub.account is None
    assert refusal(hub) is not None
    assert "company.registry" in summary(hub)
    await hub.aclose()


@pytest.mark.parametrize("harm", ["junk", "replaced", "gone"])
async def test_a_set_up_that_is_not_the_accepted_one_denies_everything_and_says_so(
    tmp_path: Path, harm: str
) -> None:
    """Nobody is signed in, no registry is asked, and every call is denied with the reason."""
    keyring = KeyringDouble()
    await _accepted(tmp_path, keyring)
    file = tmp_path / "state" / "setup"
    if harm == "junk":
        file.write_bytes(b"junk")
    elif harm == "replaced":
        await _accepted(tmp_path, KeyringDouble())
    else:
        file.unlink()
        (tmp_path / "portico.toml").write_text(
            '[company]\nissuer = "https://evil.example"\nclient_id = "portico"\n', encoding="utf-8"
        )
    hub = _hub(tmp_path, keyring)
    await hub.user.open()
    assert [fault.reference for fault in problems(hub)] == [
        "setup-missing" if harm == "gone" else "setup-altered"
    ]
    assert hub.identity is None
    assert "Nobody can sign in, and every call is denied." in summary(hub)
    said = {one["name"]: one["finding"] for one in checks(hub, await look(hub))}
    assert "set-up" in said["sign-in"]
    for asked in (hub.user.sign_in(Session("lsp")), walk(hub)):
        with pytest.raises((SetupAltered, SetupMissing)):  # And not that there is no company.
            await asked
    assert _denied(hub, "read_rows")
    await hub.upkeep.ask_registry()
    assert hub.listing is None
    await hub.aclose()


async def test_an_administrators_set_up_stands_above_an_accepted_one(tmp_path: Path) -> None:
    """It needs no keyring; one that others can write, or that is broken, denies everything."""
    keyring = KeyringDouble()
    await _accepted(tmp_path, keyring)
    managed = tmp_path / "managed" / "setup.toml"
    managed.parent.mkdir(mode=0o755)
    text = TEXT.format(serial=1).replace("registry.corp", "registry.managed")
    managed.write_text(text, encoding="utf-8")
    managed.chmod(0o644)
    hub = _hub(tmp_path, keyring, str(managed))
    await hub.user.open()
    assert problems(hub) == []
    company = hub.configuration.company
    assert company is not None
    assert company.registry == "https://registry.managed.example"
    await hub.aclose()
    for break_it in (lambda: managed.chmod(0o666), lambda: managed.write_text("[setup]\n")):
        break_it()
        hub = _hub(tmp_path, keyring, str(managed))
        [fault] = problems(hub)
        assert isinstance(fault, SetupUnusable)
        assert _denied(hub, "read_rows")
        await hub.aclose()
        managed.chmod(0o644)
