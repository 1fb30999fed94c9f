"""What every test shares: properties are tried however slow the machine is."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# On a fresh clone the first property waits for a table of all characters, seconds on some machines.
settings.register_profile("portico", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portico")
