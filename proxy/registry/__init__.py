"""The company's registry: what it lists, and what that means for one user today."""

from proxy.registry.client import Registry
from proxy.registry.entry import Entry
from proxy.registry.fault import (
    RegistryFault,
    RegistryForbidden,
    RegistryMalformed,
    RegistrySignInNeeded,
    RegistryUnreachable,
)
from proxy.registry.listing import Listing
from proxy.registry.offer import offerings

__all__ = [
    "Entry",
    "Listing",
    "Registry",
    "RegistryFault",
    "RegistryForbidden",
    "RegistryMalformed",
    "RegistrySignInNeeded",
    "RegistryUnreachable",
    "offerings",
]
