"""What each server spoke last, so that the next hub need not ask again."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import tempfile
from typing import Any

from proxy.upstream.era import LEGACY_VERSIONS, MODERN_VERSIONS, Era, Terms

log = logging.getLogger("portico.upstream")

_KNOWN = {Era.LEGACY: LEGACY_VERSIONS, Era.MODERN: MODERN_VERSIONS}


class EraMemories:
    """What servers spoke last, apart for each user: one may be told of more than another.

    Args:
        folder: Holds one file per user.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._users: dict[str, EraMemory] = {}

    def of(self, user: str) -> EraMemory:
        """The memory of one user, see `auth.identity.Identity.key`."""
        path = f"{self._folder}/{user[:32]}.json"
        return self._users.setdefault(user, EraMemory(path))


class EraMemory:
    """One JSON file: endpoint URL -> `{"era", "version", "capabilities", "serverInfo", "dual", …}`.

    It is read once and written when something changes. It only ever saves a question to a server,
    so whatever in it cannot be understood counts as forgotten.

    Args:
        path: The file; its folder is made (private) when it is first written.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._servers: dict[str, Any] | None = None

    def recall(self, url: str) -> Terms | None:
        """What the server at `url` spoke last, or None."""
        entry = self._load().get(url)
        if not isinstance(entry, dict):
            return None
        try:
            era = Era(entry["era"])
        except (KeyError, ValueError):
            return None
        version = entry.get("version")
        capabilities, info = entry.get("capabilities", {}), entry.get("serverInfo", {})
        if not isinstance(version, str) or version not in _KNOWN[era]:
            return None
        if not isinstance(capabilities, dict) or not isinstance(info, dict):
            return None
        dual, told = entry.get("dual"), entry.get("instructions")
        if not isinstance(told, str):
            return None  # Whoever was met before they were watched is met anew.
        spoken = dual if isinstance(dual, bool) else None
        return Terms(era, version, capabilities, info, spoken, told)

    def keep(self, url: str, terms: Terms) -> None:
        """Remember what was agreed; a full or read-only disk costs the memory, not the call."""
        entry: dict[str, Any] = {
            "era": terms.era.value,
            "version": terms.version,
            "capabilities": terms.capabilities,
            "serverInfo": terms.server_info,
            "instructions": terms.instructions,
        }
        if terms.dual is not None:
            entry["dual"] = terms.dual
        servers = self._load()
        if servers.get(url) == entry:
            return
        servers[url] = entry
        try:
            self._save(servers)
        except OSError as wrong:
            log.warning("what servers speak could not be saved: %s", wrong.strerror)

    def _load(self) -> dict[str, Any]:
        if self._servers is None:
            self._servers = {}
            with contextlib.suppress(FileNotFoundError):
                self._servers = self._read()
        return self._servers

    def _read(self) -> dict[str, Any]:
        try:
            with open(self._path, "rb") as file:  # noqa: PTH123 - homes are plain string paths.
                found = json.load(file)
        except FileNotFoundError:
            raise
        except (OSError, ValueError, RecursionError) as wrong:
            log.warning("what servers speak is forgotten: %s", type(wrong).__name__)
            return {}
        return found if isinstance(found, dict) else {}

    def _save(self, servers: dict[str, Any]) -> None:
        folder = os.path.dirname(self._path)  # noqa: PTH120
        os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103
        # mkstemp opens with 0600, and the rename makes the change whole or not at all.
        handle, draft = tempfile.mkstemp(dir=folder, prefix=".eras-")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump(servers, file)
            os.replace(draft, self._path)  # noqa: PTH105
        except BaseException:
            os.unlink(draft)  # noqa: PTH108
            raise


class Unkept(EraMemory):
    """The same for as long as the process lives; nothing of it is on disk."""

    def __init__(self) -> None:
        super().__init__("")
        self._servers = {}

    def _save(self, servers: dict[str, Any]) -> None:
        """Nothing is written."""
