"""What `[network]` says: the way to the company."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from proxy.configuration.settings import NetworkSettings

if TYPE_CHECKING:
    from proxy.configuration.section import Section


def read_network(
    section: Section, *, ca_file: str | None = None, ca_text: str = ""
) -> NetworkSettings:
    """What a table says of the way through the network; problems are noted in it."""
    return NetworkSettings(
        https_proxy=_proxy(section, "https_proxy"),
        http_proxy=_proxy(section, "http_proxy"),
        no_proxy=section.text("no_proxy"),
        ca_file=ca_file,
        ca_text=ca_text,
    )


def _proxy(section: Section, key: str) -> str | None:
    value = section.text(key)
    if not value:
        return None
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), 0
    if "@" in parts.netloc:
        section.wrong(key, "must not hold a user name or password")
    elif parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        section.wrong(key, 'must be the URL of a proxy, such as "http://proxy.example.com:3128"')
    return value


def read_ca_file(section: Section, path: str) -> str | None:
    """The certificates that a table of the file at `path` names."""
    ca_file = section.text("ca_file")
    if not ca_file:
        return None
    # Relative to the file that says it: the hub's own working directory is `/`.
    ca_file = str(Path(path).absolute().parent / Path(ca_file).expanduser())
    if not Path(ca_file).is_file():
        section.wrong("ca_file", "names no file")
    return ca_file
