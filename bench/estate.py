"""One signed-in user of the company: a home of its own, and the hub in it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.process import ROOT
from bench.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PORTICO = str(ROOT / ".venv" / "bin" / "portico")

_USER = "alice"


_BUS = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
"""Where a desktop's keyring answers, without which the registry's copy is not kept."""


class Estate:
    """A home of Portico.

    Args:
        root: What `PORTICO_HOME` says.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {
            "HOME": str(root),
            "PATH": os.environ["PATH"],
            "PORTICO_HOME": str(root),
            **{name: os.environ[name] for name in _BUS if name in os.environ},
        }

    def window(self) -> Window:
        """A new window of an AI client, spawned as an editor would."""
        return Window([PORTICO, "mcp"], self.environment)

    def editor(self) -> Window:
        """A new window of an editor; what it writes are LSP frames."""
        return Window([PORTICO, "lsp"], self.environment)

    def sign_in(self) -> None:
        """Sign in through an editor's window, as a person would."""
        asyncio.run(self._sign_in())

    async def _sign_in(self) -> None:
        from sandbox.browser import sign_in
        from sandbox.editor import Editor

        command = [PORTICO, "lsp"]
        async with Editor.start(command, env=self.environment, workspace=str(self.root)) as editor:
            pages: list[asyncio.Task[None]] = []

            async def show(params: dict[str, Any]) -> dict[str, Any]:
                pages.append(asyncio.create_task(sign_in(params["uri"], _USER)))
                return {"success": True}

            editor.on("window/showDocument", show)
            await editor.request("portico/signIn", {})
            await asyncio.gather(*pages)

    def hub(self) -> int:
        """The process id of the hub."""
        return int(self._portico("hub", "status")["hub"]["pid"])

    def stop(self) -> None:
        """End the hub in order."""
        self._portico("hub", "stop")

    def kill(self) -> None:
        """End the hub as a crash would; its lock goes with it."""
        os.kill(self.hub(), signal.SIGKILL)

    def _portico(self, *command: str) -> dict[str, Any]:
        done = subprocess.run(
            [PORTICO, *command, "--json"],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def states(self) -> list[str]:
        """Of each server, where its tools in the list come from."""
        found = self._portico("servers")
        return [server["state"] for server in found["servers"]]

    def memory(self) -> float:
        """Resident memory of the hub in MiB."""
        pages = int(Path(f"/proc/{self.hub()}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def keep_cache(self) -> None:
        """Remember what the disk holds now, for `restore_cache`."""
        shutil.copytree(self.root / "cache", self.root / "kept")

    def restore_cache(self) -> None:
        """Put it back."""
        shutil.rmtree(self.root / "cache")
        shutil.copytree(self.root / "kept", self.root / "cache")


@contextlib.contextmanager
def estate(toml: str, servers: Mapping[str, str] | None = None) -> Iterator[Estate]:
    """A home that is signed in to the company, until the block ends.

    Args:
        toml: The company's part of portico.toml.
        servers: Short name -> URL of each server that is written by hand: signed in, all reads.
    """
    written = servers or {}
    with tempfile.TemporaryDirectory(prefix="portico-bench-", ignore_cleanup_errors=True) as root:
        home = Estate(Path(root))
        origins = "".join(f'"{url.rpartition("/")[0]}", ' for url in written.values())
        text = toml.replace("token_origins = [", f"token_origins = [{origins}")
        for name, url in written.items():
            text += f'\n[servers.{name}]\nurl = "{url}"\nauth = "sso"\nrisk = "read"\n'
        (home.root / "portico.toml").write_text(text)
        try:
            home.sign_in()
            yield home
        finally:
            home.stop()
