"""What is judged: the server straight, and the same server behind Portico."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conformance import suite
from tests.node import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

_END_SECONDS = 15


@contextlib.contextmanager
def straight(*, legacy: bool) -> Iterator[str]:
    """The everything server, dual-era or of the legacy era alone; gives its URL."""
    command = [sys.executable, "-m", "tests.conformance.everything", *(["--legacy"] * legacy)]
    with _running(command, cwd=ROOT) as line:
        yield line


@contextlib.contextmanager
def with_tasks() -> Iterator[str]:
    """A server with the tasks extension; gives its URL.

    Raises:
        NotRun: It cannot be had.
    """
    with _running([suite.tasking(), "-m", "tests.conformance.tasking"], cwd=ROOT) as line:
        yield line


@contextlib.contextmanager
def through_portico(url: str) -> Iterator[str]:
    """A Portico of an empty home whose one server is at `url`; gives the URL of its HTTP front."""
    with tempfile.TemporaryDirectory(prefix="portico-conformance-") as home:
        file = Path(home, "portico.toml")
        file.write_text(f'[servers.everything]\nurl = "{url}"\nrisk = "read"\n', encoding="utf-8")
        portico = [sys.executable, "-I", "-m", "portico"]
        environment = {**os.environ, "PORTICO_HOME": home}
        options = ["--no-secret", "--only", "everything", "--bare", "--json"]
        try:
            serving = [*portico, "serve", "--http", *options]
            with _running(serving, cwd=home, environment=environment) as line:
                yield json.loads(line)["url"]
        finally:
            stop = [*portico, "hub", "stop"]
            subprocess.run(stop, env=environment, capture_output=True, timeout=60, check=False)


@contextlib.contextmanager
def _running(
    command: list[str], *, cwd: str | Path, environment: dict[str, str] | None = None
) -> Iterator[str]:
    """A program until the end of the block; gives the first line it prints."""
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with process:
        if process.stdout is None:
            msg = "the program has no output"
            raise RuntimeError(msg)
        try:
            yield process.stdout.readline().decode().strip()
        finally:
            process.terminate()
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
