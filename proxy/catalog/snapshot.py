"""The catalog on disk, so that the next hub's first list waits for nobody.

A snapshot belongs to one issuer, subject and registry revision; those are its file name and are
checked again inside. It only ever fills a *list*: today's policy filters it, and a call is judged
on what the server itself says.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from proxy import wire
from proxy.catalog.feature import OTHERS, Feature
from proxy.catalog.shelf import Shelf
from proxy.trust.keeper import Met
from proxy.trust.quarantine import Quarantine, Reason

LIFETIME = 7 * 24 * 3600.0
"""Seconds after which a server's tools in a snapshot are no longer shown."""


class Snapshot:
    """The snapshots of one home.

    Args:
        directory: Where they are kept; made on the first save.
    """

    def __init__(self, directory: str) -> None:
        self._directory = Path(directory)

    def load(self, identity_key: str, revision: str, now: float) -> dict[str, tuple[str, Shelf]]:
        """Each server's URL and tools, from the snapshot of exactly this user and revision.

        Anything unreadable, foreign or expired is simply absent.
        """
        try:
            held = wire.decode(self._path(identity_key, revision).read_bytes())
            if (held["identity"], held["revision"]) != (identity_key, revision):
                return {}
            return {
                server: (entry["url"], _shelf(entry))
                for server, entry in held["servers"].items()
                # A clock that was set back must not make a snapshot immortal.
                if abs(now - entry["at"]) < LIFETIME
            }
        except (OSError, wire.NotJson, KeyError, TypeError, ValueError, AttributeError):
            return {}

    def save(self, identity_key: str, revision: str, servers: dict[str, tuple[str, Shelf]]) -> None:
        """Write the snapshot atomically and drop this user's snapshots of other revisions."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(identity_key, revision)
        held: dict[str, Any] = {
            "identity": identity_key,
            "revision": revision,
            "servers": {
                server: _entry(url, shelf)
                for server, (url, shelf) in servers.items()
                if shelf.fetched_at
            },
        }
        fresh = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(wire.encode(held))
        fresh.replace(path)
        for old in self._directory.glob(f"{identity_key[:32]}-*.json"):
            if old != path:
                with contextlib.suppress(FileNotFoundError):
                    old.unlink()

    def _path(self, identity_key: str, revision: str) -> Path:
        return self._directory / f"{identity_key[:32]}-{revision[:16]}.json"


def _entry(url: str, shelf: Shelf) -> dict[str, Any]:
    return {
        "url": url,
        "at": shelf.fetched_at,
        "capabilities": shelf.capabilities,
        "ill": {
            feature.value: {name: [why.reason, why.says] for name, why in listed.items()}
            for feature, listed in ((Feature.TOOLS, shelf.met.quarantined), *shelf.ill.items())
        },
        "orderedAbout": shelf.met.ordered_about,
        **{feature.value: shelf.of(feature) for feature in Feature},
    }


def _shelf(entry: dict[str, Any]) -> Shelf:
    """The shelf of one server; a damaged file must not keep the hub from starting."""
    capabilities = entry.get("capabilities", {})
    ill = {Feature(feature): _ill(listed) for feature, listed in entry["ill"].items()}
    about = {name: tuple(map(str, named)) for name, named in entry["orderedAbout"].items()}
    return Shelf(
        tools=_definitions(entry["tools"]),
        fetched_at=entry["at"],
        others={feature: _definitions(entry.get(feature.value, [])) for feature in OTHERS},
        capabilities=capabilities if isinstance(capabilities, dict) else {},
        stocked=True,
        met=Met(ill.pop(Feature.TOOLS, {}), about),
        ill=ill,
    )


def _ill(listed: dict[str, list[str]]) -> dict[str, Quarantine]:
    return {name: Quarantine(Reason(why), str(says)) for name, (why, says) in listed.items()}


def _definitions(listed: list[object]) -> list[dict[str, Any]]:
    return [definition for definition in listed if isinstance(definition, dict)]
