"""Which file is which host's, by the table of `portico install`, and the servers it names."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from editors.install.client import NAME, Scope, Syntax
from editors.install.clients import CLIENTS
from proxy.outline import jsonc, toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editors.install.client import Client, Place
    from proxy.outline.place import Outline, Path

_ANYWHERE = ("mcp.json", ".mcp.json")
"""Names under which hosts keep servers that the table does not know."""

_ROOT = re.compile(r"~/|%\w+%/")
_URLS = ("url", "serverUrl", "httpUrl")
_ENVIRONMENTS = ("env", "environment")
_HEADERS = ("headers", "http_headers")
TOOL_KEYS = (
    *("tools", "alwaysAllow", "autoApprove", "disabledTools", "allowedTools"),
    *("includeTools", "excludeTools", "enabled_tools", "disabled_tools"),
)
"""Keys under which hosts list tools by name."""


@dataclass(frozen=True, slots=True)
class HostFile:
    """A file in which a host keeps its servers.

    Attributes:
        place: Where they stand in it, and what Portico's entry looks like there.
        client: The host; None for a file that several read.
        scope: Whose file it is.
    """

    place: Place
    client: Client | None
    scope: Scope

    @property
    def holder(self) -> Path:
        """The keys under which servers stand."""
        return self.place.keys[:-1]


@dataclass(frozen=True, slots=True)
class Entry:
    """One server as a host's file names it.

    Attributes:
        name: Its key.
        path: Where it stands.
        command: The program and its arguments; empty for a server elsewhere.
        places: Where each of them stands.
        url: Its address, and the key under which it stands.
        values: Variables and headers: where each stands, and what it says.
        tools: Tools that are named: where each stands, and its name.
    """

    name: str
    path: Path
    command: tuple[str, ...] = ()
    places: tuple[Path, ...] = ()
    url: str = ""
    url_key: str = "url"
    values: dict[Path, str] = field(default_factory=dict)
    tools: dict[Path, str] = field(default_factory=dict)

    @property
    def own(self) -> bool:
        """Whether it is Portico itself."""
        program = re.split(r"[/\\]", self.command[0])[-1] if self.command else ""
        return program.removesuffix(".exe") == "portico" and "mcp" in self.command[1:]


def host_file(uri: str, said: object = None) -> HostFile | None:
    """The host's file at `uri`, or None where it is none.

    Args:
        uri: Of the document.
        said: What the file says, by which a file of no certain host is understood.
    """
    path = unquote(urlsplit(uri).path).replace("\\", "/")
    for client, place, scope in _places():
        ending = place.path if scope is Scope.PROJECT else _ROOT.sub("", place.path)
        if path.endswith(f"/{ending}"):
            return HostFile(place, client, scope)
    if path.rpartition("/")[2] in _ANYWHERE:
        key = "servers" if isinstance(said, dict) and "servers" in said else "mcpServers"
        place = next(one for _, one, _ in _places() if one.keys == (key, NAME))
        return HostFile(place, None, Scope.PROJECT)
    return None


def _places() -> Iterator[tuple[Client, Place, Scope]]:
    """Every file in which a host keeps servers; not those that are Portico's alone."""
    for client in CLIENTS:
        if client.project is not None and _keeps_servers(client.project):
            yield client, client.project, Scope.PROJECT
        for place in dict.fromkeys(client.user.values()):
            if _keeps_servers(place):
                yield client, place, Scope.USER


def _keeps_servers(place: Place) -> bool:
    # Where Portico's own key is the only one, or there is none, no other server can stand.
    return len(place.keys) > 1


def reading(file: HostFile, text: str) -> Outline:
    """The outline of a host's file, with what it says."""
    if file.place.syntax is Syntax.JSON:
        return jsonc.outline(text)
    found = toml.outline(text)
    with contextlib.suppress(ValueError):
        found.said = toml.parsed(text)
    return found


def stated(text: str) -> object:
    """What a host's file says, whether it is JSON or TOML; None for neither."""
    found = jsonc.outline(text)
    if found.wrong is None:
        return found.said
    try:
        return toml.parsed(text)
    except ValueError:
        return None


def holders(said: object) -> list[Path]:
    """The keys under which a file of any host keeps servers, as far as it has them."""
    # A file that is an editor's plugin from end to end keeps no servers under any key.
    known = dict.fromkeys(place.keys[:-1] for _, place, _ in _places() if len(place.keys) > 1)
    return [holder for holder in known if isinstance(said, dict) and holder[0] in said]


def entries(said: object, holder: Path) -> list[Entry]:
    """The servers that stand under `holder`; what is no server is left out."""
    for key in holder:
        said = said.get(key) if isinstance(said, dict) else None
    named = said.items() if isinstance(said, dict) else ()
    return [_entry(str(name), (*holder, name), one) for name, one in named if isinstance(one, dict)]


def _entry(name: str, path: Path, said: dict[str, object]) -> Entry:
    command, places = _command(said, path)
    url, key = next(
        ((one, key) for key in _URLS if isinstance(one := said.get(key), str)), ("", "")
    )
    return Entry(
        name,
        path,
        tuple(command),
        tuple(places),
        url,
        key or "url",
        _texts(said, path, (*_ENVIRONMENTS, *_HEADERS)),
        _texts(said, path, TOOL_KEYS),
    )


def _command(said: dict[str, object], path: Path) -> tuple[list[str], list[Path]]:
    """The words of a command, which some hosts give as one array, and where they stand."""
    found: list[tuple[str, Path]] = []
    for key in ("command", "args"):
        value = said.get(key)
        if isinstance(value, str) and key == "command":
            found.append((value, (*path, key)))
        elif isinstance(value, list):
            found += [(str(one), (*path, key, place)) for place, one in enumerate(value)]
    return [word for word, _ in found], [place for _, place in found]


def _texts(said: dict[str, object], path: Path, keys: tuple[str, ...]) -> dict[Path, str]:
    """Every text below one of `keys`, with its place."""
    found: dict[Path, str] = {}
    for key in keys:
        value = said.get(key)
        if isinstance(value, dict):
            inside = list(value.items())
        else:
            inside = list(enumerate(value)) if isinstance(value, list) else []
        found |= {(*path, key, name): one for name, one in inside if isinstance(one, str)}
    return found
