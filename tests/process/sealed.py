"""`portico ROLE --standalone` with a keyring: `python -I sealed.py FILE ROLE [OPTIONS]`.

The machines that run tests have no keyring, and Portico trusts no other, so this program puts one
in its place: a file. Two such processes share a sealed sign-in as two of one desktop do.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from auth import vault_key
from ide_protocol.door import shim


class FileKeyring:
    """A keyring in a file."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def get_password(self, service: str, username: str) -> str | None:
        """What was kept, or None."""
        return self._kept().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        kept = {**self._kept(), f"{service} {username}": password}
        self._path.write_text(json.dumps(kept), encoding="utf-8")

    def _kept(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if self._path.exists():
            found = json.loads(self._path.read_text(encoding="utf-8"))
        return found


def main(path: str, role: str, *options: str) -> int:
    """Serve one connection."""

    def choose(candidates: object = None) -> FileKeyring:  # noqa: ARG001 - as it is called.
        return FileKeyring(path)

    setattr(vault_key, "choose", choose)  # noqa: B010 - no module offers this to be replaced.
    return shim.run(role, ["--standalone", *options])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
