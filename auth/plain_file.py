"""The file that takes the sealed one's place where somebody asked for it by name.

It holds tokens that everything that runs as this user, every backup and every copy of the disk can
read. It is for machines without a keyring that must stay signed in, such as a container.
"""

from __future__ import annotations

import json
import os
from pathlib import Path


class PlainFile:
    """One dict of JSON values, mode 0600, replaced atomically, unsealed.

    Args:
        path: The file.
        binding: What the content belongs to; content of another binding counts as absent.
    """

    def __init__(self, path: str, binding: str) -> None:
        self._path = Path(path)
        self._binding = binding

    def read(self) -> str | None:
        """The content as JSON, or None. Blocks.

        Raises:
            OSError: The file is there and cannot be read.
            ValueError: It is not what `write` wrote.
        """
        try:
            held = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        if not isinstance(held, dict) or held.get("binding") != self._binding:
            return None
        return json.dumps(held.get("content"))

    def write(self, text: str) -> None:
        """Replace the content. Blocks.

        Raises:
            OSError: The disk refuses.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = {
            "warning": "These tokens are not encrypted (hub.unencrypted_tokens_on_disk).",
            "binding": self._binding,
            "content": json.loads(text),
        }
        fresh = self._path.with_name(f".{self._path.name}-{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor.
                json.dump(held, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise

    def erase(self) -> None:
        """Remove it. Blocks.

        Raises:
            OSError: The disk refuses.
        """
        self._path.unlink(missing_ok=True)
