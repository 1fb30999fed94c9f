"""Which files are made from the contract, and by which writer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from editors.contract import kotlin, typescript

if TYPE_CHECKING:
    from collections.abc import Callable

_EDITORS = Path(__file__).parents[1]
_KOTLIN = _EDITORS / "jetbrains" / "src" / "main" / "kotlin" / "portico" / "contract"

FILES: dict[Path, Callable[[], str]] = {
    _EDITORS / "vscode" / "src" / "contract.ts": typescript.written,
    _KOTLIN / "Shapes.kt": kotlin.shapes,
    _KOTLIN / "Services.kt": kotlin.services,
}
"""File -> what writes its text."""
