"""What of the catalog one window wants to see: everything, a few servers, or one without prefix.

A view keeps a model's context small. It is no border: what a user may do is policy's business.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """Which servers a window shows.

    Attributes:
        only: Short names; None shows all.
        bare: Whether names stand without their server's; only ever with a single server.
    """

    only: frozenset[str] | None = None
    bare: bool = False

    @property
    def single(self) -> str | None:
        """The one server it shows, if it is one."""
        return next(iter(self.only)) if self.only is not None and len(self.only) == 1 else None

    def admits(self, server: str) -> bool:
        """Whether a server is shown."""
        return self.only is None or server in self.only


EVERYTHING = View()


def view(only: tuple[str, ...], *, bare: bool) -> View:
    """The view of a window that names its servers; without names it sees everything."""
    if not only:
        return EVERYTHING
    return View(frozenset(only), bare=bare and len(set(only)) == 1)
