"""What every test shares: properties are tried however slow the machine is."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

# On a fresh clone the first property waits for a table of all characters, seconds on some machines.
settings.register_profile("portico", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portico")

# A runner in the background ignores SIGINT, and every program it starts inherits that. Here Ctrl-C
# means what it means at a terminal, for these tests and for what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
