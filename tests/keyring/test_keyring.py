"""The sealed sign-in on a real desktop keyring."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.browser import sign_in
from sandbox.company import Company
from sandbox.editor import Editor

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

PORTICO = str(Path(sys.executable).with_name("portico"))


def window(home: Path) -> AbstractAsyncContextManager[Editor]:
    """An editor on the desktop of this session."""
    wanted = ("HOME", "PATH", "DBUS_SESSION_BUS_ADDRESS")
    environment = {name: os.environ[name] for name in wanted} | {"PORTICO_HOME": str(home)}
    return Editor.start([PORTICO, "lsp"], env=environment)


def files(home: Path) -> list[bytes]:
    """What every file of a home holds."""
    return [path.read_bytes() for path in home.rglob("*") if path.is_file()]


async def stop(home: Path) -> None:
    """End the home's hub."""
    process = await asyncio.create_subprocess_exec(
        PORTICO, "hub", "stop", env={**os.environ, "PORTICO_HOME": str(home)}
    )
    assert await process.wait() == 0


async def test_a_sign_in_outlives_the_hub_and_no_token_lies_in_clear(tmp_path: Path) -> None:
    """The next hub is signed in without a page, and no file holds what the issuer gave."""
    async with Company(applications={}) as company:
        (tmp_path / "portico.toml").write_text(company.configuration())
        pages: list[str] = []

        async def show(params: dict[str, Any]) -> dict[str, bool]:
            pages.append(params["uri"])
            await sign_in(params["uri"], "alice")
            return {"success": True}

        async with window(tmp_path) as editor:
            editor.on("window/showDocument", show)
            user = (await editor.request("portico/signIn", {}))["user"]
            assert (user["name"], user["storage"]) == ("alice", "keyring")
        await stop(tmp_path)
        async with window(tmp_path) as editor:
            user = (await editor.request("portico/status", {}))["user"]
            assert user["subject"] == "alice"
        await stop(tmp_path)
        assert len(pages) == 1
        held = await asyncio.to_thread(files, tmp_path)
        assert held
        assert not [text for text in held if b"eyJ" in text]


async def _portico(home: Path, *words: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        PORTICO,
        *words,
        env={**os.environ, "PORTICO_HOME": str(home)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def test_a_set_up_is_noted_in_the_keyring_and_another_in_its_place_is_found(
    tmp_path: Path,
) -> None:
    """Joining, being confirmed by the next hub, and what a program does that swaps the file."""
    async with Company(applications={}) as company, Company(applications={}) as evil:
        joined, other = tmp_path / "joined", tmp_path / "other"
        for home, one in ((joined, company), (other, evil)):
            home.mkdir(mode=0o700)
            fingerprint = one.setup.fingerprint
            code, said = await _portico(
                home, "setup", one.setup_url, "--yes", "--fingerprint", fingerprint
            )
            assert code == 0, said
        code, said = await _portico(joined, "setup", "show")
        assert code == 0
        assert "noted in this machine's keyring" in said
        _, said = await _portico(joined, "status")
        assert "setup-" not in said
        assert "Nobody is signed in" in said
        await stop(joined)
        before = evil.listing.requests
        planted = await asyncio.to_thread((other / "state" / "setup").read_bytes)
        await asyncio.to_thread((joined / "state" / "setup").write_bytes, planted)
        _, said = await _portico(joined, "status", "--json")
        assert "setup-altered" in said
        assert evil.listing.requests == before
        await stop(joined)
