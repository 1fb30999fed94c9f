"""The promises are tested on the real processes, with what their tests share."""

from tests.process.conftest import box, portico

__all__ = ["box", "portico"]
