"""What a table of `[servers]` says: a server that the user wrote down."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from proxy.address import origin
from proxy.configuration.granting import check_vouched, read_way
from proxy.configuration.local_server import read_program
from proxy.configuration.own_sign_in import read_registration
from proxy.configuration.settings import Company, HandWritten
from proxy.naming import RESERVED, SHORT_NAME
from proxy.policy.offering import ToolRule
from proxy.policy.risk import Confirm, Risk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.section import Section


class _Auth(StrEnum):
    NONE = "none"
    SSO = "sso"
    OAUTH = "oauth"


def read_server(name: str, section: Section, company: Company | None) -> HandWritten:
    """What a table says of the server of this short name; problems are noted in it."""
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
