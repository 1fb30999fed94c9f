"""How tokens come about: what portico.toml says of the issuer, and of a server written by hand."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from auth.client import Naming
from proxy.address import BadAddress, origin

if TYPE_CHECKING:
    from auth.client import Subject
    from auth.own_sign_in.registration import Registration
    from auth.terms import Way
    from proxy.configuration.section import Section
    from proxy.configuration.settings import Company

_PARAMETER = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_TAKEN = frozenset(
    {
        *("client_id", "client_secret", "client_assertion", "client_assertion_type"),
        *("code", "code_challenge", "code_challenge_method", "code_verifier", "redirect_uri"),
        *("grant_type", "response_type", "response_mode", "request", "request_uri", "state"),
        *("refresh_token", "token", "token_type_hint", "assertion", "username", "password"),
        *("requested_token_type", "subject_token", "subject_token_type", "nonce", "prompt"),
        *("resource", "scope"),
    }
)
"""Parameters of OAuth's own, which would mean something else."""


class _By(StrEnum):
    RESOURCE = "resource"
    SCOPE = "scope"
    PARAMETER = "parameter"


class _Subject(StrEnum):
    ACCESS = "access-token"
    ID = "id-token"


class _Way(StrEnum):
    REFRESH = "refresh"
    EXCHANGE = "exchange"
    ENTERPRISE = "enterprise"


def read_naming(section: Section) -> Naming:
    """How the company's issuer is told an audience."""
    parameter = section.text("audience_parameter", "audience")
    if not _PARAMETER.fullmatch(parameter) or parameter in _TAKEN:
        section.wrong("audience_parameter", "is not a parameter that an issuer can have for this")
    return Naming(
        by=section.choice("audience_by", _By, _By.RESOURCE).value,
        parameter=parameter,
        scopes=section.texts("scope_audiences"),
        parameters=section.texts("parameter_audiences"),
    )


def read_subject(section: Section) -> Subject:
    """What is shown to the company's issuer where a token is exchanged."""
    return section.choice("exchange_subject", _Subject, _Subject.ACCESS).value


def read_way(section: Section, *, sso: bool) -> Way:
    """How a token of a server written by hand comes about."""
    if not sso and "grant" in section:
        section.wrong("grant", 'is only for auth = "sso"')
    if not sso and "scopes" in section:
        section.wrong("scopes", 'is only for auth = "sso"')
    return section.choice("grant", _Way, _Way.REFRESH).value


def check_vouched(section: Section, found: Registration | None, company: Company | None) -> None:
    """Note what is missing of a server that the company vouches at."""
    where = section.section("oauth")
    if found is None or not found.issuer:
        where.wrong("issuer", 'is missing: grant = "enterprise" needs the server\'s own issuer')
        return
    try:
        issuer = origin(found.issuer)
    except BadAddress:
        return  # which is said already
    if company is not None and issuer not in company.token_origins:
        message = f'needs the origin "{issuer}" in company.token_origins: your company\'s word goes'
        where.wrong("issuer", f"{message} nowhere else")
