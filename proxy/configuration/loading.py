"""From the text of `portico.toml` to a checked `Configuration`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from proxy.configuration.company import read_company
from proxy.configuration.fault import ConfigurationFault
from proxy.configuration.file import parse_table, read_table
from proxy.configuration.narrowing import check_audiences, narrowed, routed
from proxy.configuration.network import read_ca_file, read_network
from proxy.configuration.policy_section import read_policy
from proxy.configuration.server import read_server
from proxy.configuration.settings import Configuration, Profile

if TYPE_CHECKING:
    from proxy.configuration.fault import Problem
    from proxy.configuration.section import Section
    from proxy.setup.document import Setup

_DAY = 86400.0
_MEGABYTE = 1024 * 1024


class _Payloads(StrEnum):
    OFF = "off"
    REDACTED = "redacted"


def load(path: str, setup: Setup | None = None) -> Configuration:
    """Read the configuration; a file that does not exist is an empty one.

    Args:
        path: The file.
        setup: What the company set up here, which the file can make narrower and never wider.

    Raises:
        ConfigurationFault: It cannot be read, is not TOML, or says something that Portico does
            not understand; the fault lists every problem with file, line and key.
    """
    top = read_table(path, "")
    if top is None:
        if setup is None:
            return Configuration(path=path)
        top = parse_table("", path, "")
    configuration = _configuration(top, path, setup)
    if top.problems.found:
        raise ConfigurationFault(top.problems.found)
    return configuration


def check(text: str, path: str, setup: Setup | None = None) -> tuple[Problem, ...]:
    """Everything that `load` would refuse in a text, while it is still in an editor.

    Args:
        text: What the file would hold.
        path: The file; relative paths in the text start beside it.
        setup: As for `load`.
    """
    try:
        top = parse_table(text, path, "")
    except ConfigurationFault as wrong:
        return wrong.problems
    _configuration(top, path, setup)
    return tuple(top.problems.found)


def _configuration(top: Section, path: str, setup: Setup | None) -> Configuration:
    own = top.section("company")
    if setup is not None:
        own = narrowed(own, setup.tables["company"])
    company = read_company(own) if setup is not None or "company" in top else None
    servers = {
        name: read_server(name, section, company) for name, section in top.sections("servers")
    }
    network = top.section("network")
    hub = top.section("hub")
    approvals = top.section("approvals")
    audit = top.section("audit")
    results = top.section("results")
    if setup is not None:
        network = routed(network, setup.tables.get("network", {}))
        check_audiences(top, setup.company)
    return Configuration(
        company=company,
        servers=servers,
        profiles=tuple(_profile(section) for _, section in top.sections("profiles")),
        policy=read_policy(top.section("policy"), company=False),
        network=read_network(
            network,
            ca_file=read_ca_file(network, path),
            ca_text=setup.network.ca_text if setup else "",
        ),
        idle_seconds=60 * hub.number("idle_minutes", 15.0),
        approval_seconds=approvals.number("deadline_seconds", 300.0),
        keep_seconds=_DAY * audit.number("keep_days", 180.0),
        captures=audit.choice("payloads", _Payloads, _Payloads.OFF) is _Payloads.REDACTED,
        result_bytes=int(_MEGABYTE * results.number("most_megabytes", 16.0)),
        unencrypted_tokens=_unencrypted(hub, setup),
        setup=setup,
        path=path,
    )


def _unencrypted(hub: Section, setup: Setup | None) -> bool:
    """Whether tokens may be kept in a plain file: the person says so, and the company lets them."""
    wanted = hub.flag("unencrypted_tokens_on_disk", default=False)
    if wanted and setup is not None and not setup.plain_file:
        hub.wrong("unencrypted_tokens_on_disk", "is not allowed by your company's set-up")
    return wanted


def _profile(section: Section) -> Profile:
    section.required("servers", '["presto", "spark"]')
    section.required("workspaces", '["~/work/data"]')
    folders = section.texts("workspaces")
    return Profile(
        servers=section.texts("servers"),
        workspaces=tuple(str(Path(folder).expanduser()) for folder in folders),
    )
