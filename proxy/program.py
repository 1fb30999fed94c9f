"""A program on this machine that serves MCP on its standard input and output."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Program:
    """What is started, and with what.

    Attributes:
        command: The program and its arguments; no shell reads them.
        environment: What it finds in its environment beside PATH, HOME and LANG.
        folder: Where it runs; empty for the user's home.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""

    @property
    def address(self) -> str:
        """A name for exactly this program, where a remote server has its URL."""
        parts = [self.command, sorted(self.environment.items()), self.folder]
        return f"stdio:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}"
