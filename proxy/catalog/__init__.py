"""What this user may see: the tools of every offered server under Portico's own names."""

from proxy.catalog.catalog import Catalog
from proxy.catalog.route import Route, State
from proxy.catalog.snapshot import Snapshot

__all__ = ["Catalog", "Route", "Snapshot", "State"]
