"""These tests need a Secret Service of their own, as `make keyring` brings; else none is read."""

import os

collect_ignore_glob = [] if os.environ.get("PORTICO_TEST_KEYRING") else ["test_*.py"]
