"""Taking over what a host's file names: planned from its text, and done where that is wished."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auth.fault import Fault, Who
from editors.install import file
from editors.install.file import Untouchable
from ide_protocol.lsp.configuration.host_file import entries, holders, stated
from ide_protocol.lsp.configuration.takeover import Fate, Item, plan
from ide_protocol.own.params import BadParams, text
from proxy.configuration.fault import ConfigurationFault
from proxy.configuration.loading import check
from proxy.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from ide_protocol.lsp.configuration.host_file import Entry
    from ide_protocol.lsp.configuration.knowledge import Knowledge
    from ide_protocol.own import contract
    from ide_protocol.own.params import Params
    from proxy.hub import Hub


class NoServersThere(Fault):
    """The file names no servers in a way that Portico knows."""

    reference = "no-servers-there"
    who = Who.PERSON
    remedy = "Give it a file with `mcpServers` or `servers`, as hosts keep them."


class FileNotWritten(Fault):
    """portico.toml could not be written, so it is as it was."""

    reference = "file-not-written"
    who = Who.PERSON
    remedy = "Make the file and its folder writable."


class TakeOver:
    """The method that takes servers over.

    Args:
        hub: Whose configuration they go to.
        knowledge: What is known of the company's servers.
    """

    def __init__(self, hub: Hub, knowledge: Callable[[], Knowledge]) -> None:
        self._hub = hub
        self._knowledge = knowledge
        self._one_at_a_time = asyncio.Lock()

    async def take_over(self, params: Params) -> dict[str, Any]:
        """See `contract.TAKE_OVER`."""
        said = stated(text(params, "text"))
        found = [one for holder in holders(said) for one in entries(said, holder)]
        if not found:
            raise NoServersThere("No servers are named there.")
        names = params.get("names")
        if isinstance(names, list):
            found = [one for one in found if one.name in names]
        search = params.get("path")
        if search is not None and not isinstance(search, str):
            raise BadParams("`path` must be a text.")
        items = await self.take(found, dry=params.get("dry") is True, search=search)
        return {"file": self._hub.configuration.path, "servers": [_shown(one) for one in items]}

    async def take(self, found: list[Entry], *, dry: bool, search: str | None = None) -> list[Item]:
        """Take these over, and say what became of each.

        Args:
            found: What a host names.
            dry: Whether only to say it.
            search: Where programs are looked for, as `PATH` has it; the hub's own without it.

        Raises:
            ConfigurationFault: portico.toml is not valid.
            FileNotWritten: It could not be written.
        """
        await self._hub.listed()

        search = search or f"{os.environ.get('PATH', os.defpath)}:{Path.home()}/.local/bin"

        def program(word: str) -> str | None:
            there = shutil.which(word, path=search)
            return os.path.abspath(there) if there else None  # noqa: PTH100 - links stay as they are.

        async with self._one_at_a_time:
            path = Path(self._hub.configuration.path)
            try:
                before = await asyncio.to_thread(file.read, path)
                said = (before or b"").decode("utf-8")
            except (Untouchable, UnicodeDecodeError) as wrong:
                raise FileNotWritten(f"{path} cannot be read: {wrong}.") from None
            if wrong_now := check(said, str(path)):
                raise ConfigurationFault(wrong_now)
            lead = "" if not said or said.endswith("\n") else "\n"
            kept = await self._hub.secrets.names()
            items = plan(found, said + lead, str(path), self._knowledge(), program, kept=kept)
            if not dry:
                items = [await self._sealed(one) for one in items]
            added = "".join(one.toml for one in items)
            if dry or not added:
                return items
            text = said + lead + (added if said else added.removeprefix("\n"))
            try:
                await asyncio.to_thread(file.write, path, text.encode())
            except Untouchable as wrong:
                raise FileNotWritten(f"{path} was not written: {wrong}.") from None
            return items

    async def _sealed(self, item: Item) -> Item:
        """Keep the secrets of a server; one whose secrets cannot be kept stays where it is."""
        try:
            for name, value in item.secrets.items():
                await self._hub.secrets.keep(name, value)
        except Fault as wrong:
            return Item(item.name, Fate.LEFT, reason=f"{wrong.message} {wrong.remedy}")
        return item


def _shown(item: Item) -> contract.TakenOver:
    return {
        "name": plain(item.name, 80),
        "fate": item.fate.value,
        "server": item.server,
        "reason": plain(item.reason, 500),
        "toml": item.toml,
        "secrets": list(item.secrets),
        "missing": list(item.missing),
    }
