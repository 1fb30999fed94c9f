"""Reading the registry over HTTP, and what is kept of it."""

from __future__ import annotations

import asyncio
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response

from auth.lock_file import LockFile
from auth.seal import Seal
from auth.secret import Secret
from auth.vault_key import VaultKey
from proxy.registry import (
    Registry,
    RegistryFault,
    RegistryForbidden,
    RegistryMalformed,
    RegistrySignInNeeded,
    RegistryUnreachable,
)
from tests.auth.issuer_double import KeyringDouble
from tests.proxy.registry.registry_double import KEY, RegistryDouble, block, envelope

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from auth.network import Network
    from proxy.configuration import Company

TOKEN = Secret("canary-4711")
ALICE, BOB = "a" * 64, "b" * 64
NAMES = [f"com.example/s{number}" for number in range(5)]


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def read(self) -> float:
        """The time it is."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is moved."""
    return Clock()


@pytest.fixture
def reader(
    company: Company, network: Network, tmp_path: Path, clock: Clock
) -> Callable[..., Registry]:
    """Makes clients that share one cache, as one hub after another does."""

    def make(seal: Seal | None = None, **changes: object) -> Registry:
        changed = replace(company, **changes)  # type: ignore[arg-type]
        return Registry(
            changed,
            network=network,
            directory=str(tmp_path / "cache"),
            clock=clock.read,
            seal=seal,
        )

    return make


async def test_all_pages_are_read_and_an_equal_answer_has_an_equal_revision(
    registry: RegistryDouble, reader: Callable[..., Registry]
) -> None:
    """Five servers on three pages are five entries, and reading them again changes nothing."""
    registry.entries = [envelope(name, block()) for name in NAMES]
    first = await reader().refresh(ALICE, TOKEN)
    assert [entry.name for entry in first.entries] == NAMES
    assert first.signed
    assert (await reader().refresh(ALICE, TOKEN)).revision == first.revision
    registry.entries[3]["_meta"][KEY]["environment"] = "dev"
    assert (await reader().refresh(ALICE, TOKEN)).revision != first.revision


async def test_each_page_is_confirmed_by_its_own_etag(
    registry: RegistryDouble, reader: Callable[..., Registry], clock: Clock
) -> None:
    """A change on a later page is seen although the first page is unchanged."""
    registry.entries = [envelope(name, block()) for name in NAMES]
    client = reader()
    await client.refresh(ALICE, TOKEN)
    registry.entries[4] = envelope("com.example/new", block())
    registry.asked.clear()
    clock.now = 2000.0
    listing = await client.refresh(ALICE, TOKEN)
    assert all("if-none-match" in headers for _, headers in registry.asked)
    assert [entry.name for entry in listing.entries] == ["com.example/new", *NAMES[:4]]
    assert listing.fetched_at == 2000.0
    assert set(listing.departed) == {NAMES[4]}


@pytest.mark.parametrize("restarted", [True, False])
async def test_rules_that_were_changed_on_disk_are_never_confirmed(
    registry: RegistryDouble, reader: Callable[..., Registry], tmp_path: Path, *, restarted: bool
) -> None:
    """A copy that an agent edited holds until the registry answers, and not a moment longer."""
    registry.entries = [envelope(NAMES[0], block(environment="production"))]
    client = reader()
    told = await client.refresh(ALICE, TOKEN)
    (copy,) = (tmp_path / "cache").glob("registry-*.json")
    edited = copy.read_text(encoding="utf-8").replace("production", "playground")
    copy.write_text(edited, encoding="utf-8")
    again = await (reader() if restarted else client).refresh(ALICE, TOKEN)
    assert again.revision == told.revision
    assert "playground" not in copy.read_text(encoding="utf-8")


async def test_the_last_good_answer_survives_every_failure_with_its_age(
    registry: RegistryDouble, reader: Callable[..., Registry], clock: Clock
) -> None:
    """Whatever goes wrong later, another hub still has the list and knows how old it is."""
    registry.entries = [envelope(name, block()) for name in NAMES]
    good = await reader().refresh(ALICE, TOKEN)
    clock.now = 9000.0
    cycle: list[Response] = [
        JSONResponse({"servers": [], "metadata": {"nextCursor": "0"}}),
        JSONResponse({"servers": [], "metadata": {"nextCursor": "0"}}),
    ]
    failures: list[tuple[list[Response], type[RegistryFault]]] = [
        ([Response(status_code=503)], RegistryUnreachable),
        ([Response(status_code=429)], RegistryUnreachable),
        ([Response(status_code=401)], RegistrySignInNeeded),
        ([Response(status_code=403)], RegistryForbidden),
        ([Response(status_code=404)], RegistryMalformed),
        ([RedirectResponse("https://elsewhere.example/v0.1/servers")], RegistryMalformed),
        ([Response("<html>", media_type="text/html")], RegistryMalformed),
        ([JSONResponse(["servers"])], RegistryMalformed),
        ([JSONResponse({"servers": [], "metadata": {"nextCursor": 7}})], RegistryMalformed),
        ([Response(b"xx", headers={"Content-Encoding": "gzip"})], RegistryMalformed),
        ([Response(b"[" * 100_000)], RegistryMalformed),
        ([Response(b"x" * 5_000_000)], RegistryMalformed),
        (cycle, RegistryMalformed),
    ]
    for answers, fault in failures:
        registry.answers = answers
        with pytest.raises(fault) as caught:
            await reader().refresh(ALICE, TOKEN)
        assert "canary" not in f"{caught.value!r} {caught.value.as_json()}"
        assert reader().last_good(ALICE) == good
    assert good.fetched_at == 1000.0


async def test_a_registry_that_nobody_runs_is_unreachable(
    reader: Callable[..., Registry], registry: RegistryDouble
) -> None:
    """A refused connection passes by itself; nobody needs to act."""
    gone = registry.url.rpartition(":")[0] + ":9"
    with pytest.raises(RegistryUnreachable):
        await reader(registry=gone).refresh(ALICE, None)


async def test_a_registry_outside_token_origins_never_gets_a_token(
    registry: RegistryDouble, reader: Callable[..., Registry]
) -> None:
    """The token is shown to the registry only where the company names its origin."""
    registry.entries = [envelope()]
    listing = await reader(token_origins=frozenset()).refresh(ALICE, TOKEN)
    assert not listing.signed
    await reader().refresh(ALICE, TOKEN)
    sent = [headers.get("authorization") for _, headers in registry.asked]
    assert sent == [None, "Bearer canary-4711"]


async def test_an_anonymous_page_is_not_confirmed_for_somebody_who_signed_in(
    registry: RegistryDouble, reader: Callable[..., Registry]
) -> None:
    """After sign-in the list is read anew, whatever ETag the public one had."""
    registry.entries = [envelope()]
    await reader().refresh(ALICE, None)
    await reader().refresh(ALICE, TOKEN)
    assert not any("if-none-match" in headers for _, headers in registry.asked)


async def test_one_users_answer_is_never_anothers_nor_another_registrys(
    registry: RegistryDouble, reader: Callable[..., Registry], tmp_path: Path
) -> None:
    """The kept answer is bound to user, registry and governance key, and readable by its owner."""
    registry.entries = [envelope(governance=block())]
    await reader().refresh(ALICE, TOKEN)
    assert reader().last_good(BOB) is None
    assert reader(registry="https://other.example").last_good(ALICE) is None
    assert reader(governance_key="com.example/other").last_good(ALICE) is None
    [kept] = (tmp_path / "cache").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert b"canary" not in kept.read_bytes()


@pytest.mark.parametrize(
    "damage", [b"", b"null", b"{}", b'{"owner":[]}', b"\xff", b"[" * 9999, b'{"pages":[{}]}']
)
async def test_a_damaged_copy_is_an_absent_one(
    registry: RegistryDouble, reader: Callable[..., Registry], tmp_path: Path, damage: bytes
) -> None:
    """A broken file neither raises nor stands in the way of the next answer."""
    registry.entries = [envelope()]
    await reader().refresh(ALICE, TOKEN)
    [kept] = (tmp_path / "cache").iterdir()
    whole = kept.read_bytes()
    for broken in (damage, whole[: len(whole) // 2], whole.replace(b'"server":', b'"sorver":')):
        kept.write_bytes(broken)
        assert reader().last_good(ALICE) is None
    assert (await reader().refresh(ALICE, TOKEN)).entries


async def test_two_refreshes_at_once_are_one_after_the_other(
    registry: RegistryDouble, reader: Callable[..., Registry]
) -> None:
    """The second finds what the first has kept, so that it only has to be confirmed."""
    registry.entries = [envelope()]
    client = reader()
    one, two = await asyncio.gather(client.refresh(ALICE, TOKEN), client.refresh(ALICE, TOKEN))
    assert one == two
    assert ["if-none-match" in headers for _, headers in registry.asked] == [False, True]


async def test_one_bad_entry_does_not_empty_the_list(
    registry: RegistryDouble, reader: Callable[..., Registry]
) -> None:
    """What has no name is left out; the rest is listed."""
    registry.page = 10
    registry.entries = [envelope(), None, {"server": {"name": 5}}, envelope("no-slash")]  # type: ignore[list-item]
    listing = await reader().refresh(ALICE, TOKEN)
    assert [entry.name for entry in listing.entries] == ["com.example/presto"]


async def test_a_copy_without_our_seal_is_not_used(
    registry: RegistryDouble, reader: Callable[..., Registry], tmp_path: Path
) -> None:
    """An edited or planted copy fills a first list at most, and is dropped when the keyring speaks.

    Where there is no keyring, none is written at all.
    """
    registry.entries = [envelope(NAMES[0], block(environment="production"))]
    keyring = KeyringDouble()

    def seal() -> Seal:
        return Seal(VaultKey("t", keyring), LockFile(str(tmp_path / "lock")), "registry")

    first = reader(seal=seal())
    await first.unseal()
    good = await first.refresh(ALICE, TOKEN)
    (copy,) = (tmp_path / "cache").glob("registry-*.json")
    again = reader(seal=seal())
    assert again.last_good(ALICE) == good
    await again.unseal()
    assert again.last_good(ALICE) == good
    copy.write_bytes(copy.read_bytes().replace(b"production", b"playground"))
    edited = reader(seal=seal())
    await edited.unseal()
    assert edited.last_good(ALICE) is None
    copy.unlink()
    keyring.lock_up()
    headless = reader(seal=seal())
    await headless.unseal()
    kept = await headless.refresh(ALICE, TOKEN)
    assert headless.last_good(ALICE) == kept
    assert list((tmp_path / "cache").glob("registry-*")) == []
