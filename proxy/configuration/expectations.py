"""What a company expects of its policy: a file of calls and the verdicts that they must meet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proxy.configuration.company_policy import load_policy
from proxy.configuration.fault import ConfigurationFault, ExpectationsInvalid, Problem
from proxy.configuration.file import read_table
from proxy.policy.circumstances import Circumstances, Workspace
from proxy.policy.risk import Risk
from proxy.policy.rule import NO_POLICY
from proxy.policy.ruling import Ruling
from proxy.policy.strength import SURFACES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.section import Section
    from proxy.policy.rule import Policy

_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Subject:
    """A server that calls are expected of.

    Attributes:
        name: Its name in the registry.
        governance: Its governance block; None for a server without one.
        tools: Its tools as it gives them, for their annotations.
    """

    name: str
    governance: object
    tools: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """One call, and what it must meet; None is not looked at.

    Attributes:
        name: What people call it.
        line: Where it stands in the file.
        server: Short name, a key of the file's servers.
        tool: The server's own name of the tool.
        who: Who calls, from where, with what.
        rule: A part of the name of the rule that decides.
        lease: Whether a lease may be given.
        listed: Whether the tool is in the window's list.
    """

    name: str
    line: int
    server: str
    tool: str
    who: Circumstances
    verdict: Ruling | None
    risk: Risk | None
    rule: str
    surfaces: frozenset[str] | None
    lease: bool | None
    listed: bool | None


@dataclass(frozen=True, slots=True)
class Expectations:
    """One file, read: the rules that it is about, and the calls."""

    path: str
    policy: Policy
    subjects: Mapping[str, Subject]
    calls: tuple[Expectation, ...]


def load_expectations(path: str) -> Expectations:
    """Read a file of expectations, and what it names.

    Raises:
        ExpectationsInvalid: It cannot be used, or a file that it names cannot; with every problem.
    """
    try:
        section = read_table(path, "expectations")
        if section is None:
            raise ExpectationsInvalid([Problem(path, 1, "", "there is no such file")])
        policy = _policy(section)
        subjects = {name: _subject(server) for name, server in section.sections("servers")}
        calls = tuple(
            _expectation(name, said, subjects) for name, said in section.sections("expect")
        )
    except ConfigurationFault as wrong:
        raise ExpectationsInvalid(wrong.problems) from None
    if not calls:
        section.wrong("expect", "must hold one call at least")
    if section.problems.found:
        raise ExpectationsInvalid(section.problems.found)
    return Expectations(path, policy, subjects, calls)


def _policy(section: Section) -> Policy:
    named = section.text("policy")
    if not named:
        return NO_POLICY
    found = load_policy(str(_beside(section, named)))
    if found is None:
        section.wrong("policy", "names no file")
    return found or NO_POLICY


def _subject(section: Section) -> Subject:
    section.required("name", '"com.example.corp/presto"')
    tools = _json(section, "tools")
    listed = tools.get("tools") if isinstance(tools, dict) else tools
    if listed is not None and not isinstance(listed, list):
        section.wrong("tools", "must name a list of tools, as tools/list gives it")
        listed = []
    return Subject(
        name=section.text("name"),
        governance=_json(section, "governance"),
        tools=tuple(tool for tool in listed or () if isinstance(tool, dict)),
    )


def _expectation(name: str, section: Section, subjects: Mapping[str, Subject]) -> Expectation:
    section.required("call", '"presto.drop_table"')
    server, _, tool = section.text("call").partition(".")
    if "call" in section and (server not in subjects or not tool):
        known = ", ".join(sorted(subjects)) or "none"
        section.wrong("call", f"must be SERVER.TOOL of a server in [servers] ({known})")
    surfaces = frozenset(section.texts("surfaces")) if "surfaces" in section else None
    if surfaces is not None and not surfaces <= SURFACES:
        section.wrong("surfaces", f"must hold only {', '.join(sorted(SURFACES))}")
    if not any(
        key in section for key in ("verdict", "risk", "rule", "surfaces", "lease", "listed")
    ):
        section.required("verdict", '"ask"')
    path = section.text("path")
    return Expectation(
        name=name,
        line=section.problems.line(section.path),
        server=server,
        tool=tool,
        who=Circumstances(
            groups=frozenset(section.texts("groups")),
            host=section.text("host"),
            workspace=Workspace(
                paths=(path,) if path else (),
                remotes=frozenset(section.texts("remotes")),
                tags=frozenset(section.texts("tags")),
            ),
            arguments=section.values("arguments"),
        ),
        verdict=section.choice("verdict", Ruling, Ruling.ASK) if "verdict" in section else None,
        risk=section.choice("risk", Risk, Risk.UNKNOWN) if "risk" in section else None,
        rule=section.text("rule"),
        surfaces=surfaces,
        lease=section.flag("lease", default=False) if "lease" in section else None,
        listed=section.flag("listed", default=False) if "listed" in section else None,
    )


def _json(section: Section, key: str) -> Any:  # noqa: ANN401 - whatever JSON holds.
    named = section.text(key)
    if not named:
        return None
    try:
        with _beside(section, named).open("rb") as file:
            return json.loads(file.read(_LIMIT))
    except OSError as wrong:
        section.wrong(key, f"names a file that cannot be read: {wrong.strerror}")
    except (ValueError, RecursionError):
        section.wrong(key, "names a file that is not JSON")
    return None


def _beside(section: Section, named: str) -> Path:
    """A path in a file, which starts where the file is."""
    return Path(section.problems.file).absolute().parent / Path(named).expanduser()
