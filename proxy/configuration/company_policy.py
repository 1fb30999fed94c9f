"""The company's policy: a file that an administrator manages and the user cannot change.

Where it stands is fixed for each system, so that no environment and no configuration of the user
leads past it. A file that cannot be used denies everything, and one that somebody other than an
administrator can write is not the company's.
"""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from proxy.configuration.fault import ConfigurationFault, PolicyUnusable, Problem
from proxy.configuration.file import read_table
from proxy.configuration.policy_section import read_policy
from proxy.policy.rule import NO_POLICY, Policy

if TYPE_CHECKING:
    from auth.fault import Fault

_PLACES = {
    "darwin": "/Library/Application Support/Portico/policy.toml",
    "win32": r"C:\ProgramData\Portico\policy.toml",
}

MANAGED = _PLACES.get(sys.platform, "/etc/portico/policy.toml")
"""Where the administrator puts the file on this system."""

ADMINISTRATORS = frozenset({0})
"""The user ids to whom the file and its folder may belong."""


def load_policy(path: str) -> Policy | None:
    """Read a company's policy, whoever it belongs to; None where there is no file.

    Raises:
        ConfigurationFault: It cannot be used; the fault lists every problem with file and line.
    """
    section = read_table(path, "policy")
    if section is None:
        return None
    policy = read_policy(section, company=True)
    if section.problems.found:
        raise ConfigurationFault(section.problems.found)
    return policy


def check_owner(path: str, administrators: frozenset[int] = ADMINISTRATORS) -> None:
    """Check that only an administrator can write a file, and what leads to it.

    Raises:
        ConfigurationFault: Somebody else can; the fault names the file or the folder.
    """
    # Access lists say it on Windows, which the standard library cannot read.
    places = () if sys.platform == "win32" else _ways(path)
    for place in places:
        try:
            found = os.stat(place)  # noqa: PTH116 - one call for owner and mode.
        except OSError:
            return  # Whoever reads it says why it cannot be read.
        if found.st_uid not in administrators or stat.S_IMODE(found.st_mode) & 0o022:
            message = (
                f"can be written by others than an administrator ({place}), so it is not the "
                "company's word"
            )
            raise ConfigurationFault([Problem(path, 1, "", message)])


def _ways(path: str) -> tuple[str, ...]:
    """The file, and the folders by which whoever can write there chooses the file."""
    return path, str(Path(path).parent), str(Path(path).resolve().parent)


@dataclass(slots=True)
class CompanyPolicy:
    """The company's policy as it is now; another file is noticed when somebody looks.

    Attributes:
        path: Where it stands; empty where there is none to look for.
        administrators: To whom it may belong.
        policy: What it says; a refusal of everything where it cannot be used.
        fault: Why it cannot be used, for people; None where it can, or there is none.
        exists: Whether there is a file.
    """

    path: str = MANAGED
    administrators: frozenset[int] = ADMINISTRATORS
    policy: Policy = NO_POLICY
    fault: Fault | None = None
    exists: bool = False
    _seen: tuple[int, ...] | None = (0,)

    def look(self) -> bool:
        """Read it again if it is another file than before; True where it was."""
        seen = self._stamp() if self.path else None
        if seen == self._seen:
            return False
        self._seen = seen
        self.fault, self.policy = None, NO_POLICY
        try:
            found = load_policy(self.path) if self.path else None
            if found is not None:
                check_owner(self.path, self.administrators)
        except ConfigurationFault as wrong:
            self.fault = PolicyUnusable(wrong.problems)
            self.policy = Policy(refusal=self.fault.message)
            self.exists = True
        else:
            self.policy, self.exists = found or NO_POLICY, found is not None
        return True

    def _stamp(self) -> tuple[int, ...] | None:
        try:
            found = os.stat(self.path)  # noqa: PTH116 - asked before each call.
        except FileNotFoundError:
            return None
        except OSError as wrong:
            return (wrong.errno or -1,)
        return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode, found.st_uid
