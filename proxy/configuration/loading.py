"""From the text of `portico.toml` to a checked `Configuration`."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from proxy.address import BadAddress, origin
from proxy.configuration.fault import ConfigurationFault
from proxy.configuration.file import parse_table, read_table
from proxy.configuration.granting import check_vouched, read_naming, read_subject, read_way
from proxy.configuration.local_server import read_program
from proxy.configuration.narrowing import check_audiences, narrowed, routed
from proxy.configuration.own_sign_in import read_registration
from proxy.configuration.policy_section import read_policy
from proxy.configuration.settings import (
    SCOPES,
    Company,
    CompanyServer,
    Configuration,
    HandWritten,
    NetworkSettings,
    Profile,
)
from proxy.naming import RESERVED, SHORT_NAME
from proxy.policy.offering import ToolRule
from proxy.policy.risk import Confirm, Risk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.fault import Problem
    from proxy.configuration.section import Section
    from proxy.setup.document import Setup

_OFFICIAL = "io.modelcontextprotocol.registry/official"
_NAMESPACED = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/[A-Za-z0-9._-]+")
_DAY = 86400.0
_MEGABYTE = 1024 * 1024


class _Auth(StrEnum):
    NONE = "none"
    SSO = "sso"
    OAUTH = "oauth"


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
    servers = {name: _server(name, section, company) for name, section in top.sections("servers")}
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
            network, ca_file=_ca_file(network, path), ca_text=setup.network.ca_text if setup else ""
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


def read_company(section: Section) -> Company:
    """What a table says of the company; problems are noted in it."""
    section.required("issuer", '"https://sso.example.com"')
    section.required("client_id", '"portico"')
    issuer, registry = section.url("issuer"), section.url("registry")
    scopes = section.texts("scopes", SCOPES)
    if "openid" not in scopes:
        section.wrong("scopes", 'must contain "openid": without it nobody is signed in')
    for key, value in (("issuer", issuer), ("registry", registry)):
        if "?" in value:
            section.wrong(key, "must not have a query")
    company = Company(
        name=section.text("name", urlsplit(issuer).hostname or "the company"),
        issuer=issuer,
        client_id=section.text("client_id"),
        scopes=scopes,
        groups_claim=section.text("groups_claim", "groups"),
        redirect_port=section.whole("redirect_port", 0),
        registry=registry,
        registry_audience=section.text("registry_audience"),
        audience=section.text("audience"),
        audiences=section.texts("audiences"),
        naming=read_naming(section),
        exchange_subject=read_subject(section),
        governance_key=section.text("governance_key", empty=True),
        token_origins=_origins(section),
        unreviewed=section.flag("unreviewed", default=True),
        servers=_company_servers(section),
    )
    _check_registry(section, company)
    return company


def _origins(section: Section) -> frozenset[str]:
    origins: set[str] = set()
    for place, text in enumerate(section.texts("token_origins")):
        try:
            found = origin(text)
        except BadAddress as bad:
            section.wrong("token_origins", str(bad), place)
            continue
        parts = urlsplit(text)
        if parts.path.strip("/") or parts.query or "#" in text:
            message = f'must be an origin alone, such as "{found}": a token has no narrower limit'
            section.wrong("token_origins", message, place)
        origins.add(found)
    return frozenset(origins)


def _company_servers(section: Section) -> Mapping[str, CompanyServer]:
    servers: dict[str, CompanyServer] = {}
    for name, server in section.sections("servers"):
        if not _NAMESPACED.fullmatch(name):
            message = 'must be the name in the registry, such as "com.example/presto"'
            server.problems.add(server.path, message)
        servers[name] = CompanyServer(
            default_risk=server.choice("default_risk", Risk, Risk.UNKNOWN),
            trust_read_hint=server.flag("trust_read_hint", default=False),
        )
    return servers


def _check_registry(section: Section, company: Company) -> None:
    key = company.governance_key
    if key == _OFFICIAL or (key and not _NAMESPACED.fullmatch(key)):
        section.wrong("governance_key", 'must be a key such as "com.example/governance"')
    if not company.registry:
        return
    if "governance_key" not in section:
        # Left out by mistake it would mean that no review counts, so it has to be said.
        message = (
            "is missing; name the key of the governance block in the registry's entries, such "
            'as "com.example/governance", or set "" when this registry has no such block'
        )
        section.wrong("governance_key", message)
    if re.search(r"/v0(\.\d+)?(/|$)", company.registry):
        section.wrong("registry", "must end before /v0.1, which Portico adds itself")
    where = origin(company.registry)
    if company.registry_audience and where not in company.token_origins:
        message = f'needs the registry\'s origin "{where}" in company.token_origins'
        section.wrong("registry_audience", message)


def _server(name: str, section: Section, company: Company | None) -> HandWritten:
    program = read_program(section)
    if program is None:
        section.required("url", '"https://mcp.example.com/mcp"')
    if not SHORT_NAME.fullmatch(name) or name in RESERVED:
        message = (
            "is not a server's name: at most 24 of a-z, 0-9 and -, not beginning with - "
            f"(and not {', '.join(sorted(RESERVED))})"
        )
        section.problems.add(section.path, message)
    url = section.url("url")
    auth = section.choice("auth", _Auth, _Auth.NONE)
    way = read_way(section, sso=auth is _Auth.SSO)
    own = url if way == "enterprise" else company.audience if company else ""
    audience = section.text("audience", own if auth is _Auth.SSO else "")
    registration = read_registration(section)
    if auth is _Auth.SSO:
        _check_sso(section, url, audience, company)
        if way == "enterprise":
            check_vouched(section, registration, company)
    elif "audience" in section:
        section.wrong("audience", 'is only for auth = "sso"')
    risk = section.choice("risk", Risk, Risk.UNKNOWN)
    confirm = section.choice("confirm", Confirm, Confirm.RISKY)
    tools = section.section("tools")
    return HandWritten(
        name=name,
        url=url,
        auth=auth.value,
        way=way,
        audience=audience,
        scopes=section.texts("scopes"),
        confirm=confirm,
        risk=risk,
        tools_allow=tools.texts("allow"),
        tools_deny=tools.texts("deny"),
        rules=_rules(section, risk, confirm),
        headers=_headers(section, auth, local=program is not None),
        program=program,
        registration=registration,
    )


def _headers(section: Section, auth: _Auth, *, local: bool) -> Mapping[str, str]:
    headers = section.headers("headers")
    if headers and local:
        section.wrong("headers", "is only for a server with a url")
    if auth is not _Auth.NONE and "authorization" in {name.lower() for name in headers}:
        section.wrong("headers", f'must not hold Authorization, which auth = "{auth}" sends')
    return headers


def _check_sso(section: Section, url: str, audience: str, company: Company | None) -> None:
    if company is None:
        section.wrong("auth", '"sso" needs a [company] to sign in at')
        return
    if not audience:
        section.wrong("audience", "is missing, and company.audience is too")
    if url and origin(url) not in company.token_origins:
        message = (
            f'"sso" needs the origin "{origin(url)}" in company.token_origins: '
            "a token goes nowhere else"
        )
        section.wrong("auth", message)


def _rules(section: Section, risk: Risk, confirm: Confirm) -> Mapping[str, ToolRule]:
    rules: dict[str, ToolRule] = {}
    for tool, rule in section.sections("rules"):
        if tool == "*":
            message = "is said by risk and confirm of the server itself"
            rule.problems.add(rule.path, message)
        rules[tool] = ToolRule(
            risk=rule.choice("risk", Risk, risk),
            confirm=rule.choice("confirm", Confirm, confirm),
            source=f"{Path(section.problems.file).name}:{section.problems.line(rule.path)}",
        )
    return rules


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


def _ca_file(section: Section, path: str) -> str | None:
    ca_file = section.text("ca_file")
    if not ca_file:
        return None
    # Relative to the file that says it: the hub's own working directory is `/`.
    ca_file = str(Path(path).absolute().parent / Path(ca_file).expanduser())
    if not Path(ca_file).is_file():
        section.wrong("ca_file", "names no file")
    return ca_file


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
