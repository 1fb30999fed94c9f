"""The npm package `oidc-provider`, in a process of its own."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests import node
from tests.providers.place import OidcProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "oidc-provider@9.13.3"
PROGRAM = Path(__file__).with_suffix(".mjs")
FOLDER = node.CACHE / "oidc-provider"
SCOPES = ("openid", "profile", "groups", "offline_access", "mcp:tools", "registry:read")


@contextmanager
def running() -> Iterator[OidcProvider]:
    """It, listening for as long as the block lasts.

    Raises:
        NotRun: Node or the package cannot be had.
    """
    program, npm = node.find()
    if not (FOLDER / "node_modules" / "oidc-provider").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        options = ["--silent", "--no-audit", "--no-fund", "--prefix", str(FOLDER)]
        node.install(PACKAGE, [program, npm, "install", *options, PACKAGE])
    command = [program, str(PROGRAM), str(FOLDER)]
    pipe = subprocess.PIPE
    environment = {**os.environ, "NODE_NO_WARNINGS": "1"}
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        try:
            # It says more than its issuer at its start, all of it on stdout.
            said = process.stdout or ()
            issuer = next((line.strip() for line in said if line.startswith("http://")), "")
            if not issuer:
                raise node.NotRun(f"{PACKAGE} does not start here")
            yield OidcProvider("oidc-provider", issuer, scopes=SCOPES)
        finally:
            process.kill()
