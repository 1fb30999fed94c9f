"""`make providers`: every flow of a sign-in against providers that nobody here wrote."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.node import NotRun
from tests.providers import glewlwyd, oidc_provider
from tests.providers.conftest import STARTED
from tests.providers.test_flows import facts_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tests.providers.place import Place


def main() -> int:
    """Start them, run the tests of this folder against each, and end them."""
    here = str(Path(__file__).parent)
    started: dict[str, dict[str, object]] = {}
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="portico-providers-"))
        for name, running in (
            ("oidc-provider", oidc_provider.running()),
            ("glewlwyd", glewlwyd.running(Path(folder))),
        ):
            place = _entered(stack, name, running)
            if place is not None:
                started[name] = facts_of(place)
        if not started:
            return 0
        return subprocess.run(
            [sys.executable, "-m", "pytest", here, "-k", " or ".join(started), *sys.argv[1:]],
            env={**os.environ, STARTED: json.dumps(started)},
            check=False,
        ).returncode


def _entered(
    stack: contextlib.ExitStack, name: str, running: AbstractContextManager[Place]
) -> Place | None:
    try:
        return stack.enter_context(running)
    except NotRun as why:
        sys.stdout.write(f"NOT RUN: the flows against {name}: {why}\n")
        sys.stdout.flush()
        return None


if __name__ == "__main__":
    sys.exit(main())
