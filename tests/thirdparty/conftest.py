"""These tests need servers that `make thirdparty` installs; else none is read."""

import os

from tests.process.conftest import portico

__all__ = ["portico"]

collect_ignore_glob = [] if os.environ.get("PORTICO_TEST_THIRDPARTY") else ["test_*.py"]
