"""Recording: what one window's read-only calls were answered goes into its cassette."""

from __future__ import annotations

import asyncio
import datetime as dt
import errno
import logging
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxy.cassette.cassette import Cassette, CassetteUnusable, Recorded, Shelf, read
from proxy.cassette.scrub import scrubbed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

log = logging.getLogger("portico.cassette")

_LARGEST = 64 * 1024 * 1024
"""Bytes that a cassette may have."""


class Recorder:
    """The recording of one session.

    A call that an earlier recording has in the file is recorded anew, and the others stay.

    Args:
        path: The file, which may be there already if it is a cassette.
        clock: Unix seconds.

    Raises:
        CassetteUnusable: There is another kind of file, or none can be written.
    """

    def __init__(self, path: str, clock: Callable[[], float]) -> None:
        self._path = Path(path)
        self._clock = clock
        self._taken: set[str] = set()
        self._writing = asyncio.Lock()
        self._cassette = opened(path, missing_ok=True)
        self._save(self._cassette.text())

    async def take(
        self,
        server: str,
        tool: str,
        arguments: Mapping[str, Any],
        envelope: Mapping[str, Any],
        *,
        title: str,
        definitions: list[dict[str, Any]],
    ) -> None:
        """Take one call and its answer.

        What cannot be written costs the recording this call, and never the client its answer.

        Args:
            server: Short name of the server.
            tool: The server's own name of the tool.
            arguments: Those that ran.
            envelope: The JSON-RPC response.
            title: What people call the server.
            definitions: All of its tools.
        """
        now = self._clock()

        def write() -> None:
            shelf: Shelf = {"title": title, "tools": _tools(definitions), "read": [tool]}
            before = self._cassette.servers.get(server)
            shelf["read"] = sorted({tool, *(before["read"] if before else ())})
            self._cassette.servers[server] = shelf
            track = self._cassette.track(server, tool, arguments)
            if track.key not in self._taken:
                self._taken.add(track.key)
                track.answers.clear()
            track.answers.append(_recorded(envelope, now))
            self._save(self._cassette.text())

        async with self._writing:
            try:
                # A result may have megabytes, and no other window shall wait while it is looked at.
                await asyncio.to_thread(write)
            except CassetteUnusable as wrong:
                log.warning("a call was not recorded: %s", wrong)

    def _save(self, text: str) -> None:
        fresh = self._path.with_name(f".{self._path.name}.{secrets.token_hex(6)}")
        try:
            # A folder from somewhere may hold links under names that can be guessed.
            with fresh.open("x", encoding="utf-8") as file:
                file.write(text)
            fresh.replace(self._path)
        except FileNotFoundError as wrong:
            msg = f"{self._path.name} cannot be written: there is no folder {self._path.parent}."
            raise CassetteUnusable(msg) from wrong
        except OSError as wrong:
            msg = f"{self._path.name} cannot be written ({wrong.strerror})."
            raise CassetteUnusable(msg) from wrong


def opened(path: str, *, missing_ok: bool = False) -> Cassette:
    """The cassette in a file; an empty one where there is none and that may be.

    Raises:
        CassetteUnusable: It cannot be read, or is no cassette.
    """
    name = Path(path).name
    try:
        return read(_text(path), name)
    except FileNotFoundError:
        if missing_ok:
            return Cassette()
        msg = f"There is no cassette {name}."
        raise CassetteUnusable(msg) from None
    except (OSError, UnicodeError) as wrong:
        msg = f"{name} cannot be read."
        raise CassetteUnusable(msg) from wrong


def _text(path: str) -> str:
    """What a file says that may be a folder's from somewhere: no pipe, no device, nothing endless.

    Raises:
        OSError: It is no such file.
        UnicodeError: It is not UTF-8.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            raise OSError(errno.EINVAL, "it is no file, or too large")
        return file.read(_LARGEST).decode("utf-8")


def _tools(definitions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The definitions without what looks like a secret in one: a cassette is made to be shared."""
    kept = scrubbed(definitions)
    return kept if isinstance(kept, list) else []


def _recorded(envelope: Mapping[str, Any], now: float) -> Recorded:
    at = dt.datetime.fromtimestamp(now, dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    answer: Recorded = {"recorded": at}
    kind = "error" if "error" in envelope else "result"
    kept = scrubbed(envelope.get(kind))
    answer[kind] = kept if isinstance(kept, dict) else {}  # type: ignore[literal-required]
    return answer
