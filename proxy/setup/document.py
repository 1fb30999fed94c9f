"""A company's set-up as it is written: TOML with `[setup]`, `[company]`, `[policy]`, `[network]`.

The served document and an administrator's file are the same text; what differs is who vouches for
it, a signature or the owner of a file. docs/setup.md is its page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proxy.configuration.company import read_company
from proxy.configuration.fault import ConfigurationFault
from proxy.configuration.file import parse_table
from proxy.configuration.network import read_network
from proxy.configuration.policy_section import read_policy
from proxy.configuration.settings import NetworkSettings
from proxy.policy.rule import NO_POLICY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.section import Section
    from proxy.configuration.settings import Company
    from proxy.policy.rule import Policy

FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9_-]{43}")
_PEM = re.compile(r"\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+")


@dataclass(frozen=True, slots=True)
class Setup:
    """One set-up, checked.

    Attributes:
        serial: Its number; a later set-up has a greater one.
        contact: Whom a person asks about it.
        keys: Fingerprints of further keys that may sign later ones.
        tables: The document as its parser gives it, for what compares two of them.
        company: What it says of the company.
        policy: The company's rules in it.
        network: The way to the company.
    """

    serial: int
    contact: str
    keys: frozenset[str]
    tables: Mapping[str, Any]
    company: Company
    policy: Policy = NO_POLICY
    network: NetworkSettings = field(default_factory=NetworkSettings)

    @property
    def plain_file(self) -> bool:
        """Whether the company lets a machine without a keyring keep tokens unsealed."""
        return bool(self.tables["setup"].get("allow_unencrypted_tokens_on_disk", False))


def read_setup(text: str, name: str) -> Setup:
    """The set-up that a text says.

    Args:
        text: The document.
        name: What its problems call it, a file or an address.

    Raises:
        ConfigurationFault: It is none; the fault lists every problem with its line.
    """
    top = parse_table(text, name, "setup")
    for key in ("setup", "company"):
        if key not in top:
            top.wrong(key, f"is missing; a set-up has a table [{key}]")
    head = top.section("setup")
    if "setup" in top:
        head.required("serial", "1")
    policy = read_policy(top.section("policy"), company=True)
    setup = Setup(
        serial=head.whole("serial", 1),
        contact=head.text("contact"),
        keys=_keys(head),
        tables=top.table,
        company=read_company(top.section("company")),
        policy=policy if "policy" in top else NO_POLICY,
        network=_network(top.section("network")),
    )
    head.flag("allow_unencrypted_tokens_on_disk", default=False)
    if top.problems.found:
        raise ConfigurationFault(top.problems.found)
    return setup


def _keys(head: Section) -> frozenset[str]:
    keys = head.texts("keys")
    for place, key in enumerate(keys):
        if not FINGERPRINT.fullmatch(key):
            head.wrong("keys", "must be a fingerprint, such as `portico setup key` prints", place)
    return frozenset(keys)


def _network(section: Section) -> NetworkSettings:
    ca = section.text("ca", lines=True)
    if ca and not (_PEM.fullmatch(ca) and _loads(ca)):
        section.wrong("ca", "must be certificates in PEM, and nothing else")
        ca = ""
    return read_network(section, ca_text=ca)


def _loads(ca: str) -> bool:
    """Whether TLS takes these; else nobody would be reached by them, and nothing could be shown."""
    import ssl  # few set-ups bring roots of their own

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=ca)
    except (ssl.SSLError, ValueError):
        return False
    return True
