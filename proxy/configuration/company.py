"""What `[company]` says, whole: who signs people in, which registry, where tokens may go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from proxy.address import BadAddress, origin
from proxy.configuration.granting import read_naming, read_subject
from proxy.configuration.settings import SCOPES, Company, CompanyServer
from proxy.policy.risk import Risk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.section import Section

_OFFICIAL = "io.modelcontextprotocol.registry/official"
_NAMESPACED = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/[A-Za-z0-9._-]+")


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
