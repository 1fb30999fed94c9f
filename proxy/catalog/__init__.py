"""What this user may see: the tools of every offered server under Portico's own names."""

from proxy.catalog.catalog import Catalog, Route, State

__all__ = ["Catalog", "Route", "State"]
