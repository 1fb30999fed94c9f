"""The promises are tested on the real processes, with what their tests share."""

from tests.process.conftest import box, company, portico

__all__ = ["box", "company", "portico"]
