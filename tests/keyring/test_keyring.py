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
