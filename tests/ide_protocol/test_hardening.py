"""What a hub asks of the system."""

from __future__ import annotations

import resource
import subprocess
import sys

CODE = """
import resource
from ide_protocol.door.hardening import raise_file_limit

resource.setrlimit(resource.RLIMIT_NOFILE, (64, {hard}))
raise_file_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def limits(hard: int) -> list[int]:
    """Soft and hard limit of a process that began with few files and asked for more."""
    command = [sys.executable, "-c", CODE.format(hard=hard)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    return [int(word) for word in said.stdout.split()]


def test_a_hub_takes_the_open_files_that_the_system_allows() -> None:
    """The soft limit of whoever started it is raised, up to the hard one and not beyond need."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert limits(100) == [100, 100]
    if hard == resource.RLIM_INFINITY or hard > 256:
        assert limits(hard)[0] >= 256
