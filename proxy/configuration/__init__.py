"""The one file a person writes: `portico.toml`, read whole or refused whole, with every reason."""

from proxy.configuration.fault import ConfigurationFault
from proxy.configuration.loading import load
from proxy.configuration.settings import (
    Company,
    CompanyServer,
    Configuration,
    HandWritten,
    NetworkSettings,
)

__all__ = [
    "Company",
    "CompanyServer",
    "Configuration",
    "ConfigurationFault",
    "HandWritten",
    "NetworkSettings",
    "load",
]
