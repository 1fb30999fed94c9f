"""When the MCP SDK is loaded."""

from __future__ import annotations

import subprocess
import sys

IMPORTS = """
import importlib, pkgutil, sys
late = {"auth.own_sign_in.flow", "auth.own_sign_in.provider"}
for room in ("auth", "proxy", "ide_protocol"):
    for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
        if module.name not in late:
            importlib.import_module(module.name)
print(sorted({"mcp", "mcp_types"} & set(sys.modules)))
"""


def test_a_hub_without_such_a_server_never_loads_the_sdk() -> None:
    """It takes half a second and 28 MB, so only the two modules that run a sign-in name it."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
