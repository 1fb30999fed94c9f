"""How an issuer is told audiences; nothing here asks one."""

from __future__ import annotations

import pytest

from auth.client import Client, GrantNotConfigured, Naming
from auth.terms import Terms

ENTRA, AUTH0 = "api://presto/.default", "presto-api"


def client(audience: str, naming: Naming) -> Client:
    """A client with one audience and one resource."""
    return Client.registered(
        issuer="https://sso.example",
        client_id="portico",
        scopes=["profile", "offline_access"],
        groups_claim="groups",
        audiences=[audience, "https://mcp.example/"],
        naming=naming,
    )


@pytest.mark.parametrize(
    ("audience", "naming", "told"),
    [
        ("https://x.example/", Naming(), [("resource", "https://x.example/")]),
        (ENTRA, Naming(by="scope"), [("scope", f"openid offline_access {ENTRA}")]),
        (ENTRA, Naming(scopes=(ENTRA,)), [("scope", f"openid offline_access {ENTRA}")]),
        (AUTH0, Naming(by="parameter"), [("audience", AUTH0)]),
        (AUTH0, Naming(parameter="api", parameters=(AUTH0,)), [("api", AUTH0)]),
    ],
)
def test_each_issuer_is_told_an_audience_in_its_own_way(
    audience: str, naming: Naming, told: list[tuple[str, str]]
) -> None:
    """As a resource, a scope or a parameter, for all audiences or for single ones."""
    assert client(audience, naming).asking(audience) == told


def test_scopes_stand_beside_the_audience_and_never_twice() -> None:
    """`scope` is one parameter, whether the audience is among its words or not."""
    asked = client(ENTRA, Naming(by="scope")).asking(ENTRA, ["read"])
    assert asked == [("scope", f"openid offline_access {ENTRA} read")]
    asked = client("https://x.example/", Naming()).asking("https://x.example/", ["read"])
    assert asked == [("resource", "https://x.example/"), ("scope", "read")]


def test_a_sign_in_asks_for_all_resources_and_one_of_the_rest() -> None:
    """Issuers take several resources (RFC 8707 §2.1), and one audience of any other kind."""
    mixed = client(AUTH0, Naming(parameters=(AUTH0,))).sign_in_parameters()
    assert ("audience", AUTH0) in mixed
    assert ("resource", "https://mcp.example/") in mixed
    assert ("resource", AUTH0) not in mixed
    scoped = client(ENTRA, Naming(by="scope")).sign_in_parameters()
    assert scoped == [("scope", f"openid profile offline_access {ENTRA}")]


def test_only_a_refresh_is_bound_to_what_the_configuration_names() -> None:
    """An exchange spends nothing, so that a wrong audience there costs nobody a sign-in."""
    known = client(AUTH0, Naming())
    with pytest.raises(GrantNotConfigured):
        known.check(Terms("https://other.example/"))
    known.check(Terms("https://other.example/", ("anything",), "exchange"))
