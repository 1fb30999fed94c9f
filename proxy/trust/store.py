"""Pins on disk: a folder for each user, and in it two small files for each server.

One holds digests and is read at the server's first list. The other holds the definitions that were
trusted, and is read only to show what changed. Both are the user's alone (0600) and are replaced
whole. What cannot be read counts as lost, and says so in the log: the server is then met anew.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxy import wire
from proxy.trust.pin import By, Pin

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger("portico.trust")

_FORM = 1


class Store:
    """The pins of one home.

    Args:
        directory: Where they are kept; made, private to the user, when the first is written. None
            keeps none.
    """

    def __init__(self, directory: str | None) -> None:
        self._directory = Path(directory) if directory is not None else None

    def load(self, identity: str, server: str, name: str) -> dict[str, Pin]:
        """The pins of one server: tool -> pin.

        Args:
            identity: Whose they are, see `auth.identity.Identity.key`.
            server: Short name.
            name: Its registry name; the pins of another one under the same short name are not its.
        """
        held = self._read(identity, f"{server}.json")
        if held.get("form") != _FORM or held.get("name") != name:
            return {}
        try:
            return {tool: _pin(entry) for tool, entry in held["pins"].items()}
        except (KeyError, TypeError, ValueError, AttributeError):
            log.warning("the pins of %s cannot be read; it is met anew", server)
            return {}

    def trusted(self, identity: str, server: str) -> dict[str, Any]:
        """The definitions that the pins of one server were given to: tool -> definition."""
        return self._read(identity, f"{server}.trusted.json")

    def save(
        self,
        identity: str,
        server: str,
        name: str,
        pins: Mapping[str, Pin],
        trusted: Mapping[str, Any],
    ) -> None:
        """Write the pins of one server, the definitions first: a digest is never without its text.

        Raises:
            OSError: They could not be written.
        """
        entries = {tool: _entry(pin) for tool, pin in pins.items()}
        self._write(identity, f"{server}.trusted.json", dict(trusted))
        self._write(identity, f"{server}.json", {"form": _FORM, "name": name, "pins": entries})

    def _folder(self, identity: str) -> Path | None:
        return self._directory / (identity[:32] or "nobody") if self._directory else None

    def _read(self, identity: str, file: str) -> dict[str, Any]:
        folder = self._folder(identity)
        if folder is None:
            return {}
        try:
            held = wire.decode((folder / file).read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, wire.NotJson) as wrong:
            log.warning("%s cannot be read: %s", file, type(wrong).__name__)
            return {}
        return held if isinstance(held, dict) else {}

    def _write(self, identity: str, file: str, held: Mapping[str, Any]) -> None:
        folder = self._folder(identity)
        if folder is None:
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp opens with 0600, and the rename makes the change whole or not at all.
        handle, draft = tempfile.mkstemp(dir=folder, prefix=".pins-")
        try:
            with os.fdopen(handle, "wb") as opened:
                opened.write(wire.encode(held))
            Path(draft).replace(folder / file)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise


def _pin(entry: Mapping[str, Any]) -> Pin:
    return Pin(
        digest=str(entry["digest"]),
        at=float(entry["at"]),
        by=By(entry["by"]),
        version=int(entry["version"]),
        ordered_about=tuple(map(str, entry["orderedAbout"])),
    )


def _entry(pin: Pin) -> dict[str, Any]:
    return {
        "digest": pin.digest,
        "at": pin.at,
        "by": pin.by.value,
        "version": pin.version,
        "orderedAbout": list(pin.ordered_about),
    }
