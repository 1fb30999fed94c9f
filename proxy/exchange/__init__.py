"""One request, from its arrival to its single outcome."""

from proxy.exchange.call import Call
from proxy.exchange.exchange import Exchanges

__all__ = ["Call", "Exchanges"]
