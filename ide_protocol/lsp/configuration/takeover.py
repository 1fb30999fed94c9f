"""What becomes of each server of a host's file when Portico takes it over.

A program becomes a `[servers.NAME]` of `portico.toml`, its secrets references to what is kept
sealed. What the company approves is behind Portico already, and what it does not approve stays
where it is. Each is decided for itself; nothing is written here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from proxy.configuration.loading import check
from proxy.naming import short_names
from proxy.outline.toml import parsed
from proxy.plain import plain
from proxy.secrecy import KEYRING, in_arguments, is_secret, reference

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from ide_protocol.lsp.configuration.host_file import Entry
    from ide_protocol.lsp.configuration.knowledge import Knowledge

_FILLED_IN = re.compile(r"\$\{[^}]{0,200}\}|\{(?:env|file):[^}]{0,200}\}")
"""What a host would put something else in the place of."""

_HUBS_PATH = "/usr/local/bin:/usr/bin:/bin"

_BARE = re.compile(r"[A-Za-z0-9_-]+")


class Fate(StrEnum):
    """What becomes of one server."""

    TAKEN = "taken"
    """It is written into `portico.toml`."""
    THERE = "there"
    """It stands there already."""
    APPROVED = "approved"
    """The company's registry has it, so it is behind Portico already."""
    PORTICO = "portico"
    """It is Portico's own entry."""
    LEFT = "left"
    """It stays where it is, for a reason."""


@dataclass(frozen=True, slots=True)
class Item:
    """One server.

    Attributes:
        name: What the host calls it.
        fate: What becomes of it.
        server: What Portico calls it; empty where it does not have it.
        reason: Why, where it is left; else what is still to be done, or nothing.
        toml: What is written for it.
        secrets: Name -> value of what is to be kept sealed.
        missing: The names of secrets that the host would have asked for.
    """

    name: str
    fate: Fate
    server: str = ""
    reason: str = ""
    toml: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    missing: tuple[str, ...] = ()


class _Left(Exception):  # noqa: N818 - it says what becomes of a server; the text says why.
    """The server stays where it is."""


def plan(
    entries: Iterable[Entry],
    text: str,
    path: str,
    knowledge: Knowledge,
    find: Callable[[str], str | None],
    *,
    kept: Collection[str] = (),
) -> list[Item]:
    """What becomes of each server.

    Args:
        entries: What a host's file names.
        text: `portico.toml` as it is; it must be valid.
        path: Where that is.
        knowledge: What is known of the company's servers.
        find: The whole path of a program, or None where there is none.
        kept: The names of the secrets that are kept by now.
    """
    planner = _Planner(text, path, knowledge, find, kept)
    return [planner.item(entry) for entry in entries]


class _Planner:
    """One file, taken over server by server; each sees what those before it wrote."""

    def __init__(
        self,
        text: str,
        path: str,
        knowledge: Knowledge,
        find: Callable[[str], str | None],
        kept: Collection[str],
    ) -> None:
        self._text = text
        self._path = path
        self._knowledge = knowledge
        self._find = find
        self._kept = kept

    def item(self, entry: Entry) -> Item:
        """What becomes of one server."""
        if entry.own:
            return Item(entry.name, Fate.PORTICO)
        try:
            return self._program(entry) if entry.command else self._remote(entry)
        except _Left as left:
            return Item(entry.name, Fate.LEFT, reason=str(left))

    # --- servers elsewhere -------------------------------------------------------------------

    def _remote(self, entry: Entry) -> Item:
        known = self._knowledge.at(entry.url)
        company = self._knowledge.company
        if not entry.url:
            raise _Left("It names neither a program nor an address.")
        if known is not None:
            if known.said["standing"] in {"forbidden", "withheld"}:
                raise _Left(f"{known.title} is not offered to you. {known.said['reason']}".strip())
            return Item(entry.name, Fate.APPROVED, known.said["server"])
        if company and not self._knowledge.listed:
            raise _Left(f"The registry of {company} has not been read yet; sign in first.")
        if company:
            raise _Left(f"{company} has not approved it.")
        headers, secrets, missing = _environment(self._free(entry), entry, "")
        said: dict[str, object] = {"url": entry.url, **({"headers": headers} if headers else {})}
        return self._taken(entry, said, secrets, missing)

    # --- programs ----------------------------------------------------------------------------

    def _program(self, entry: Entry) -> Item:
        filled = [word for word in entry.command if _FILLED_IN.search(word)]
        if filled:
            what = plain(filled[0], 60)
            raise _Left(f"The host fills in {what}, and Portico runs one program for every window.")
        if in_arguments(list(entry.command)):
            raise _Left("An argument holds a secret, which every process here could read.")
        program = self._find(entry.command[0])
        if program is None:
            raise _Left(f"There is no program {plain(entry.command[0], 80)} here.")
        command = [program, *entry.command[1:]]
        wanted = short_names([(entry.name, "")])[entry.name]
        for name, written in self._written().items():
            env = _environment(name, entry, program)[0]
            if written.get("command") == command and (
                name == wanted or written.get("env", {}) == env
            ):
                return Item(entry.name, Fate.THERE, name)
        env, secrets, missing = _environment(self._free(entry), entry, program)
        said: dict[str, object] = {"command": command, **({"env": env} if env else {})}
        return self._taken(entry, said, secrets, missing)

    def _free(self, entry: Entry) -> str:
        """The short name that a server gets which is new here."""
        taken = {*self._written(), *self._knowledge.servers}
        return short_names([(entry.name, "")], taken=taken)[entry.name]

    def _taken(
        self,
        entry: Entry,
        said: dict[str, object],
        secrets: Mapping[str, str],
        missing: tuple[str, ...],
    ) -> Item:
        written = self._written()
        same = [name for name, one in written.items() if said.get("url", 0) == one.get("url")]
        if same:
            return Item(entry.name, Fate.THERE, same[0])
        self._check_secrets(entry, [*secrets, *missing])
        name = self._free(entry)
        toml = _table(name, said)
        wrong = check(self._text + toml, self._path)
        if wrong:
            raise _Left(f"Portico would refuse it: {wrong[0].key}: {wrong[0].message}.")
        self._text += toml
        reason = f"Still to do: portico secrets set {missing[0]}" if missing else ""
        return Item(entry.name, Fate.TAKEN, name, reason, toml, secrets, missing)

    def _check_secrets(self, entry: Entry, names: Iterable[str]) -> None:
        """Give no server a secret that the person kept for another: the file is somebody else's."""
        named = next(filter(None, map(reference, entry.values.values())), None)
        if named is not None:
            raise _Left(f"It asks for {plain(named, 60)}, a secret of yours that it did not bring.")
        there = next((name for name in names if name in self._kept), None)
        if there is not None:
            raise _Left(
                f"A secret {there} is kept already. If it is not another server's, forget it "
                f"first: portico secrets forget {there}"
            )

    def _written(self) -> dict[str, dict[str, object]]:
        """The servers that stand in `portico.toml` by now."""
        servers = parsed(self._text).get("servers", {})
        return {name: one for name, one in servers.items() if isinstance(one, dict)}


def _environment(
    name: str, entry: Entry, program: str
) -> tuple[dict[str, str], dict[str, str], tuple[str, ...]]:
    """Variables or headers as Portico takes them, their secrets, and those nobody told yet."""
    env: dict[str, str] = {}
    secrets: dict[str, str] = {}
    missing: list[str] = []
    for path, value in entry.values.items():
        variable = str(path[-1])
        kept = f"{name}/{variable}"
        if reference(value):
            env[variable] = value
        elif _FILLED_IN.search(value):
            # The host would ask for it, or take it from its own environment, which the hub has not.
            env[variable] = f"{KEYRING}{kept}"
            missing.append(kept)
        elif is_secret(variable, value):
            env[variable] = f"{KEYRING}{kept}"
            secrets[kept] = value
        else:
            env[variable] = value
    folder = program.rpartition("/")[0]
    if program and folder not in _HUBS_PATH.split(":"):
        # What it starts by name is mostly beside it, where the hub would not look.
        env.setdefault("PATH", f"{folder}:{_HUBS_PATH}")
    return env, secrets, tuple(missing)


def _table(name: str, said: Mapping[str, object]) -> str:
    lines = [f"[servers.{name}]", *(f"{key} = {_toml(value)}" for key, value in said.items())]
    return "\n" + "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, dict):
        pairs = (f"{_key(str(key))} = {_toml(one)}" for key, one in value.items())
        return f"{{ {', '.join(pairs)} }}"
    # Texts and arrays of texts, which JSON and TOML spell alike, but for what is beyond 16 bits.
    return "".join(map(_shown, json.dumps(value, ensure_ascii=False)))


def _shown(character: str) -> str:
    """A character of a file that people look at, so nothing in it may be invisible."""
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _toml(name)
