"""What of the catalog one window sees: everything, a few servers, or one without prefix.

What a window wants to see keeps a model's context small. It is no border: what a user may do is
policy's business, which is why a view also says where the window is.
"""

from __future__ import annotations

from dataclasses import dataclass

from proxy.policy.circumstances import NOWHERE, Workspace


@dataclass(frozen=True, slots=True)
class View:
    """Which servers a window shows.

    Attributes:
        only: Short names; None shows all.
        bare: Whether names stand without their server's; only ever with a single server.
        place: The window's workspace, as rules may speak of it.
        host: What its client calls itself.
    """

    only: frozenset[str] | None = None
    bare: bool = False
    place: Workspace = NOWHERE
    host: str = ""

    @property
    def single(self) -> str | None:
        """The one server it shows, if it is one."""
        return next(iter(self.only)) if self.only is not None and len(self.only) == 1 else None

    def admits(self, server: str) -> bool:
        """Whether a server is shown."""
        return self.only is None or server in self.only


EVERYTHING = View()


def view(only: tuple[str, ...], *, bare: bool, place: Workspace = NOWHERE, host: str = "") -> View:
    """The view of a window that names its servers; without names it sees everything."""
    if not only:
        return View(place=place, host=host)
    return View(frozenset(only), bare=bare and len(set(only)) == 1, place=place, host=host)
