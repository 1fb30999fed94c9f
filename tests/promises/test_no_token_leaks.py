"""With canary tokens in play, none of them turns up where it does not belong."""
# ruff: noqa: ASYNC240 - a look at a local file delays nobody in a loop of one test.

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.company import AUDIENCE, Company
from sandbox.keys import SigningKeys
from tests.process.signing import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.process.box import Box
    from tests.process.installation import Installation

HARDENED = (
    "import ctypes, resource\n"
    "from ide_protocol.door.hardening import harden\n"
    "harden()\n"
    "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
)


class Canaries:
    """Every secret that a provider gives out or is shown, and how each might look elsewhere."""

    def __init__(self, company: Company) -> None:
        self.secrets: set[str] = set()
        provider = company.provider
        self._overhear(provider._mint, "access_token")
        self._overhear(provider._mint, "id_token")
        self._overhear(provider._grants, "rotate")
        self._overhear(provider._grants, "code")
        redeem = provider._grants.redeem

        def redeemed(code: str, *, redirect_uri: str, verifier: str) -> Any:  # noqa: ANN401
            self.secrets.add(verifier)
            return redeem(code, redirect_uri=redirect_uri, verifier=verifier)

        provider._grants.redeem = redeemed  # type: ignore[method-assign]

    def sign(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Overhear whatever anybody signs from here on, another authorization server included."""
        sign = SigningKeys.sign

        def signed(keys: SigningKeys, *arguments: Any, **named: Any) -> str:  # noqa: ANN401
            secret = sign(keys, *arguments, **named)
            self.secrets.add(secret)
            return secret

        monkeypatch.setattr(SigningKeys, "sign", signed)

    def _overhear(self, giver: object, name: str) -> None:
        give: Callable[..., str] = getattr(giver, name)

        def given(*arguments: object, **named: object) -> str:
            secret = give(*arguments, **named)
            self.secrets.add(secret)
            return secret

        setattr(giver, name, given)

    def forms(self) -> Iterator[bytes]:
        """Each secret whole, its parts, and both in base64."""
        for secret in self.secrets:
            # The first part of a JWT is its header, which is no secret.
            parts = secret.split(".")[1:] if secret.count(".") == 2 else [secret]
            for part in (secret, *parts):
                yield part.encode()
                yield base64.b64encode(part.encode())

    def found_in(self, **places: bytes) -> list[str]:
        """The places that hold a secret in any form."""
        forms = set(self.forms())
        return [place for place, held in places.items() if any(form in held for form in forms)]


def files(*folders: str) -> dict[str, bytes]:
    """Every file below some folders, by path."""
    paths = [path for folder in folders for path in Path(folder).rglob("*")]
    return {str(path): path.read_bytes() for path in paths if path.is_file()}


def process(pid: int) -> dict[str, bytes]:
    """What others may read of a process."""
    return {f"{pid} {name}": Path(f"/proc/{pid}/{name}").read_bytes() for name in NAMES}


NAMES = ("cmdline", "environ", "comm", "limits")


def trusting(company: Company, box: Box) -> str:
    """A portico.toml in which the box, too, gets the user's token, so that it can be seen there."""
    origin = box.url.rpartition("/")[0]
    text = company.configuration()
    return (
        text.replace("token_origins = [", f'token_origins = ["{origin}", ')
        + f'[servers.mine]\nurl = "{box.url}"\nrisk = "read"\n'
        + f'auth = "sso"\naudience = "{AUDIENCE}"\n'
    )


async def test_no_token_appears_where_it_does_not_belong(portico: Installation, box: Box) -> None:
    """Not in a file, the log, the audit, an argument, an environment, an error or an answer."""
    async with Company() as company:
        canaries = Canaries(company)
        portico.configure(trusting(company, box))
        window = await (await portico.window()).initialize()
        async with portico.editor() as editor:
            await sign_in(editor, "alice")
            assert "presto_run_query" in await window.tools()
            assert "42" in await window.text("presto_run_query", sql="SELECT 42")
            assert await window.text("mine_read") == "read"
            assert "revenue" in (await window.text("revenue_top_campaigns")).lower()
            for status in (401, 403, 500):
                box.status = status
                assert "[" in await window.text("mine_read")
            company.provider.access_lifetime = 1
            await window.text("presto_drop_table", table="dev_alice.scratch")
            told: Any = [
                await editor.request(f"portico/{method}", {})
                for method in ("status", "servers", "tools", "doctor", "activity")
            ]
        for command in ("doctor", "audit", "whoami", "hub logs", "tools", "status", "servers"):
            for form in ((), ("--json",)):
                await portico.run(*command.split(), *form)
        hub = await portico.pid()
        seen = {**process(hub), **process(window.process.pid)}
        assert {"authorization", "Bearer"} <= _headers(box)
    # Without the company: unreachable, which is an error of its own.
    await window.text("presto_run_query", sql="SELECT 1")
    await window.leave()
    await portico.close()
    assert len(canaries.secrets) >= 6
    witnessed = {"answers": "".join(window.lines), "editor": json.dumps(told)}
    said = {**witnessed, "commands": "".join(portico.witnessed)}
    places = {**seen, **files(portico.home.root), **{k: v.encode() for k, v in said.items()}}
    assert any(place.endswith("audit.sqlite3") for place in places)
    assert any(place.endswith("hub.log") for place in places)
    assert canaries.found_in(**places) == []
    # The same look does find a secret where there is one.
    assert canaries.found_in(box=repr([seen.headers for seen in box.seen]).encode()) == ["box"]


async def test_no_way_to_a_token_leaves_one_behind(
    portico: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By exchange, and by the company's word elsewhere; also in what a window records meanwhile."""
    cassette = tmp_path / "a.cassette.json"
    async with Company() as company:
        canaries = Canaries(company)
        canaries.sign(monkeypatch)
        portico.configure(company.configuration())
        window = await (await portico.window("mcp", "--record", str(cassette))).initialize()
        async with portico.editor() as editor:
            await sign_in(editor, "bob")
            assert "app" in await window.text("spark_list_applications")
            assert await window.text("knowledge_search", query="warehouse")
            told: Any = [
                await editor.request(f"portico/{method}", {})
                for method in ("status", "grants", "review", "activity", "doctor")
            ]
        for command in ("whoami", "doctor auth", "hub logs", "audit"):
            for form in ((), ("--json",)):
                await portico.run(*command.split(), *form)
        seen = {**process(await portico.pid()), **process(window.process.pid)}
        assert company.vendor is not None
        assert company.vendor.given == 1
    await window.leave()
    await portico.close()
    said = {
        "answers": "".join(window.lines),
        "editor": json.dumps(told),
        "commands": "".join(portico.witnessed),
        "cassette": cassette.read_text(encoding="utf-8"),
    }
    assert "knowledge" in said["cassette"]
    places = {**seen, **files(portico.home.root), **{k: v.encode() for k, v in said.items()}}
    assert canaries.found_in(**places) == []


@pytest.mark.skipif(sys.platform != "linux", reason="NOT RUN: /proc and prctl are Linux's")
async def test_the_hub_dumps_no_core_and_is_not_dumpable(portico: Installation) -> None:
    """Its limit of core files is 0, and what hardens it clears the kernel's dumpable flag."""
    await (await portico.window()).initialize()
    limits = Path(f"/proc/{await portico.pid()}/limits").read_text(encoding="utf-8")
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    told = await portico.execute([sys.executable, "-I", "-c", HARDENED])
    assert told.out == "0 (0, 0)\n", told.errors


def _headers(box: Box) -> set[str]:
    sent = [value for seen in box.seen for value in seen.headers.values()]
    names = {name for seen in box.seen for name in seen.headers}
    return names | {value.partition(" ")[0] for value in sent}
