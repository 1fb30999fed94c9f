"""The set-up that an administrator put on this machine: a file that only they can write.

Where it stands is fixed for each system, as for the company's policy. It needs no signature,
because whoever can write there can replace Portico too.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from proxy.configuration.company_policy import ADMINISTRATORS, check_owner
from proxy.configuration.fault import ConfigurationFault
from proxy.configuration.file import read_text
from proxy.setup.document import read_setup
from proxy.setup.fault import SetupUnusable

if TYPE_CHECKING:
    from proxy.setup.document import Setup

_PLACES = {
    "darwin": "/Library/Application Support/Portico/setup.toml",
    "win32": r"C:\ProgramData\Portico\setup.toml",
}

MANAGED = _PLACES.get(sys.platform, "/etc/portico/setup.toml")
"""Where the administrator puts the file on this system."""


def load_managed(
    path: str = MANAGED, administrators: frozenset[int] = ADMINISTRATORS
) -> Setup | None:
    """Read the administrator's set-up; None where there is no file.

    Raises:
        SetupUnusable: It cannot be used, or others than an administrator can write it.
    """
    try:
        text = read_text(path)
        if text is None:
            return None
        check_owner(path, administrators)
        return read_setup(text, path)
    except ConfigurationFault as wrong:
        first, *more = wrong.problems
        others = f" (and {len(more)} more)" if more else ""
        msg = f"Your administrator's set-up cannot be used: {first}{others}."
        raise SetupUnusable(msg, data=wrong.data) from None
