"""Showing a page to the person: in a browser where there is one, as an address in any case."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from ide_protocol.command_line.block import block
from ide_protocol.command_line.console import note
from proxy.plain import plain

if TYPE_CHECKING:
    from ide_protocol.own.contract import UserCode

_PATIENCE = 3.0
"""Seconds for a browser's starter to report failure; one that still runs then is a browser."""


def show(url: str, why: str = "", *, browser: bool = True) -> bool:
    """Show `url` to the person, under the sentence `why`; False when nobody can have seen it.

    The address is printed on stderr even where a browser starts, because it may start on a screen
    that nobody looks at. No shell ever sees it.

    Args:
        url: The page.
        why: Whose it is.
        browser: Whether to open it here, where that is possible.
    """
    if not presentable(url):
        sys.stderr.write(f"portico: the hub asked to open a page that is not one: {block(url)!r}\n")
        return False
    if why:
        note(plain(why, 400))
    opened = browser and _has_browser() and _open(url)
    sentence = "Opening a page; if no browser appears, open" if opened else "Open"
    note(f"{sentence} this page{' yourself' if browser else ' in any browser'}:")
    # An address is never wrapped: half of it is none.
    sys.stderr.write(f"\n  {url}\n\n")
    port = _back(url) if browser else 0
    if port:
        note(
            "You are connected over SSH: the browser on your side must reach this machine. "
            "Run there first:"
        )
        sys.stderr.write(f"\n  ssh -N -L {port}:127.0.0.1:{port} THIS-MACHINE\n\n")
    sys.stderr.flush()
    return opened or os.isatty(2)


def show_code(code: UserCode) -> bool:
    """Show a code to sign in with, and where to type it; False when nobody can have seen it."""
    if not presentable(code["page"]):
        return False
    minutes = max(1, round(code["lifetime"] / 60))
    note("Open this page on any device:")
    sys.stderr.write(f"\n  {code['page']}\n\n")
    note(f"and enter this code, which is good for {minutes} min:")
    sys.stderr.write(f"\n  {plain(code['code'], 40)}\n\n")
    complete = code.get("complete", "")
    if presentable(complete):
        note("Or open this page, which has the code already:")
        sys.stderr.write(f"\n  {complete}\n\n")
    sys.stderr.flush()
    return True


def way_back(url: str) -> str:
    """What the address begins with at which the sign-in page `url` ends."""
    return parse_qs(urlsplit(url).query).get("redirect_uri", [""])[0]


def presentable(url: str) -> bool:
    """Whether `url` is a web address without anything a terminal or browser might obey."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _has_browser() -> bool:
    """Whether there is a browser with a window of its own.

    Without a display, `webbrowser` would start a text browser on this very terminal.
    """
    graphical = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(os.environ.get("BROWSER") or graphical) or sys.platform in {"darwin", "win32"}


def _open(url: str) -> bool:
    """Start the browser in a thread, since some starters return only when the browser is closed."""
    import webbrowser  # It searches PATH for every known browser, which only this needs.

    results: list[bool] = []
    thread = threading.Thread(target=lambda: results.append(webbrowser.open(url)), daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return results[0] if results else thread.is_alive()


def _back(url: str) -> int:
    """The port to which a browser on the other side of SSH must find its way back; else 0."""
    if not os.environ.get("SSH_CONNECTION"):
        return 0
    try:
        # Portico's own page is on loopback itself, the company's sign-on leads back there.
        back = urlsplit(parse_qs(urlsplit(url).query).get("redirect_uri", [url])[0])
        port = back.port or 0
    except ValueError:
        return 0
    return port if back.hostname in {"127.0.0.1", "::1", "localhost"} else 0
