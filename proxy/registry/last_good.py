"""The registry's last good answer per user, on disk, so that an outage empties nobody's list.

A file belongs to one user, one registry and one governance key; all three are checked inside. It
holds no token. It is small, because only what Portico reads of an entry is kept.

Its entries are the rules of every call, so a seal of the keyring says that Portico wrote it. Until
the keyring has answered, a copy can fill a first list, which no call waits for; after that one
whose seal does not hold is not used. Without a keyring nothing is written, and nothing is used.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxy import wire
from proxy.registry.entry import trim
from proxy.registry.listing import Copy, Page

if TYPE_CHECKING:
    from auth.seal import Seal

log = logging.getLogger("portico.registry")

_FORMAT = 1


class LastGood:
    """The kept answers of one registry.

    Args:
        directory: Where they are kept; made at the first save.
        registry: The registry's URL.
        governance_key: The key under which governance was kept.
        seal: What says that a copy is ours; None in a test, where every copy is.
    """

    def __init__(
        self, directory: str, registry: str, governance_key: str, seal: Seal | None = None
    ) -> None:
        self._seal = seal
        self._directory = Path(directory)
        self._governance_key = governance_key
        self._owner = [_FORMAT, registry, governance_key]

    def load(self, identity_key: str) -> Copy | None:
        """This user's last good answer; None when there is none that can be read."""
        try:
            held = self._ours(self._path(identity_key).read_bytes())
            if held is None or held["owner"] != [*self._owner, identity_key]:
                return None
            return Copy(
                pages=tuple(self._page(page) for page in held["pages"]),
                signed=held["signed"] is True,
                fetched_at=float(held["fetched_at"]),
                published={name: _text(when) for name, when in held["published"].items()},
                departed={name: _text(when) for name, when in held["departed"].items()},
            )
        except (OSError, wire.NotJson, KeyError, TypeError, ValueError, AttributeError):
            # A copy is only ever a convenience: a broken one is an absent one.
            return None

    def save(self, identity_key: str, copy: Copy) -> None:
        """Replace this user's answer in one step.

        Raises:
            OSError: The disk refuses.
        """
        held = {
            "owner": [*self._owner, identity_key],
            "signed": copy.signed,
            "fetched_at": copy.fetched_at,
            "published": copy.published,
            "departed": copy.departed,
            "pages": [
                {
                    "cursor": page.cursor,
                    "etag": page.etag,
                    "next": page.next_cursor,
                    "servers": page.servers,
                }
                for page in copy.pages
            ],
        }
        content = wire.encode(held)
        if self._seal is not None:
            if self._seal.state != "open":
                return
            content = self._seal.mark(content).encode() + b"\n" + content
        # Brings compression along, which nobody needs before there is something to save.
        import tempfile

        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp makes the file 0600 under a name of its own, so two hubs never share one.
        handle, fresh = tempfile.mkstemp(dir=self._directory, prefix=".registry-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(fresh).replace(self._path(identity_key))
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise

    def _ours(self, raw: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds.
        """What a file holds, where nothing speaks against its being ours."""
        if self._seal is None:
            return wire.decode(raw)
        mark, _, content = raw.partition(b"\n")
        if self._seal.state != "unopened" and not self._seal.holds(content, mark.decode("latin-1")):
            log.warning("the kept answer of the registry has no seal of ours, and is not used")
            return None
        return wire.decode(content)

    def _page(self, held: dict[str, Any]) -> Page:
        servers = [trim(server, self._governance_key) for server in held["servers"]]
        # A page that is not what was saved would be confirmed by its ETag for ever after.
        if servers != held["servers"]:
            raise ValueError
        return Page(
            cursor=_text(held["cursor"]),
            etag=_text(held["etag"]),
            next_cursor=_text(held["next"]),
            servers=tuple(server for server in servers if server is not None),
        )

    def _path(self, identity_key: str) -> Path:
        # Hashed again, so that whatever names a user cannot name a path.
        name = hashlib.sha256(
            "\0".join([*map(str, self._owner), identity_key]).encode()
        ).hexdigest()
        return self._directory / f"registry-{name[:32]}.json"


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
