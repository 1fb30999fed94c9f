"""Servers that the user wrote down, beside those of the registry.

They are offered as unreviewed, under the user's own rules. A user's entry never loosens a server
that the registry speaks for, neither by taking its short name nor by naming its address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proxy.address import BadAddress, endpoint, origin
from proxy.naming import short_names
from proxy.policy.offering import EVERY_TOOL, Offering, Standing, ToolRule

if TYPE_CHECKING:
    from collections.abc import Collection

    from proxy.configuration import Company, Configuration, HandWritten
    from proxy.registry.listing import Listing

NOT_NOW = "Not offered now: "
"""How every reason begins for which nobody is offered a server now."""


def written(
    configuration: Configuration, listing: Listing | None, taken: frozenset[str]
) -> dict[str, Offering]:
    """The servers written by hand: short name -> offering.

    Args:
        configuration: Where they are written.
        listing: What the registry said, or None when it was never read.
        taken: The short names that belong to the registry, also of servers that left.
    """
    found: dict[str, Offering] = {}
    company = configuration.company
    for server in configuration.servers.values():
        refusal = _unusable(server, company)
        if not refusal and company is not None:
            refusal = _overruled(server, company, listing, taken)
        # A key of its own, so that it can be shown beside the server whose name it wanted.
        others = taken | set(found) | set(configuration.servers) - {server.name}
        short = short_names([(server.name, "")], taken=others)[server.name]
        found[short] = _offering(server, short, refusal)
    return found


def because(refusal: str) -> str:
    """The sentence that says why a server is not offered; empty for no reason."""
    return f"{NOT_NOW}{refusal}." if refusal else ""


def _addresses(listing: Listing | None) -> frozenset[str]:
    """Every address that the registry speaks for, whoever may use it."""
    return frozenset(
        key
        for entry in (listing.entries if listing is not None else ())
        for url in entry.remotes
        if (key := _address_key(url))
    )


def _address_key(url: str) -> str:
    # Case is folded although paths may differ by it: a gateway that does not care about case
    # would otherwise be a second way to the same server, under the user's own rules.
    try:
        return endpoint(url).casefold()
    except BadAddress:
        return ""


def _unusable(server: HandWritten, company: Company | None) -> str:
    """Why its address cannot be used at all.

    The configuration's reader has checked it already; but this is the last look before a token
    leaves, so it relies on nobody.
    """
    if server.program is not None:
        return "a local server gets no token" if server.auth != "none" else ""
    if not _address_key(server.url):
        return "its url is not one that Portico connects to"
    if server.auth == "sso" and (
        company is None or origin(server.url) not in company.token_origins
    ):
        return f"it is at {origin(server.url)}, to which your company sends no token"
    if server.way == "enterprise" and company is not None:
        issuer = server.registration.issuer if server.registration else ""
        if not _address_key(issuer) or origin(issuer) not in company.token_origins:
            return "your company vouches for nobody at its authorization server"
    return ""


def _overruled(
    server: HandWritten, company: Company, listing: Listing | None, taken: Collection[str]
) -> str:
    """Why the company's word stands above the user's entry."""
    if not company.unreviewed:
        return "your company admits only servers of its registry (company.unreviewed = false)"
    if server.name in taken:
        return f'the company\'s registry has the name "{server.name}"; choose another one'
    if server.program is not None:
        return ""
    if _address_key(server.url) in _addresses(listing):
        return "the company's registry speaks for this address, and its rules hold"
    if company.registry and listing is None and origin(server.url) in company.token_origins:
        # Whether the registry speaks for it is not known before it was read once.
        return "it is at the company's own address, and the registry has not been read yet"
    return ""


def _offering(server: HandWritten, short: str, refusal: str) -> Offering:
    own = ToolRule(
        risk=server.risk, confirm=server.confirm, source=f"portico.toml servers.{server.name}"
    )
    return Offering(
        server=short,
        name=server.name,
        title=server.name,
        url=server.program.address if server.program else server.url,
        description="Written by hand in portico.toml; the company has not reviewed it.",
        reviewed=False,
        standing=Standing.WITHHELD if refusal else Standing.OFFERED,
        reason=because(refusal),
        auth=server.auth,
        way=server.way,
        audience=server.audience,
        scopes=server.scopes,
        rules={EVERY_TOOL: own, **server.rules},
        allowed_tools=server.tools_allow,
        denied_tools=server.tools_deny,
        program=server.program,
        headers=server.headers,
        registration=server.registration,
    )
