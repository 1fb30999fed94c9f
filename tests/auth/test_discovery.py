"""The discovery document is believed only where it may speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auth.discovery import Issuer, IssuerMisconfigured, read_provider
from auth.network import Network, Unreachable

if TYPE_CHECKING:
    from tests.auth.issuer_double import Clock, IssuerDouble

ISSUER = "https://sso.corp.example/realm"
SOUND: dict[str, object] = {
    "issuer": ISSUER,
    "authorization_endpoint": "https://sso.corp.example/realm/authorize?tenant=1",
    "token_endpoint": "https://sso.corp.example//realm/token",
    "jwks_uri": "https://keys.corp.example/keys",
}


def test_a_sound_document_is_read() -> None:
    """Other hosts, doubled slashes and a missing revocation endpoint are fine."""
    provider = read_provider(SOUND, ISSUER)
    assert provider.revocation is provider.device is None
    assert not provider.names_itself
    assert provider.token == "https://sso.corp.example//realm/token"
    named = {**SOUND, "authorization_response_iss_parameter_supported": "true"}
    assert read_provider(named, ISSUER).names_itself


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": ISSUER + "/"},
        {"issuer": None},
        {"token_endpoint": "http://sso.corp.example/token"},
        {"token_endpoint": "http://127.0.0.1:1/token"},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://user@evil.example/"},
        {"authorization_endpoint": "https://sso.corp.example/\n--flag"},
        {"jwks_uri": "file:///etc/passwd"},
        {"revocation_endpoint": 7},
        {"device_authorization_endpoint": "http://127.0.0.1:1/device"},
        {"token_endpoint": "https://[bad/"},
        {"code_challenge_methods_supported": ["plain"]},
    ],
    ids=str,
)
def test_another_issuer_or_an_unsafe_endpoint_is_refused(change: dict[str, object]) -> None:
    """Issuer equality is exact, and every endpoint is https, for an issuer on https."""
    with pytest.raises(IssuerMisconfigured):
        read_provider({**SOUND, **change}, ISSUER)


def test_plain_http_is_for_loopback_alone() -> None:
    """A company in a box on loopback may speak http; its endpoints stay on loopback or https."""
    local = "http://127.0.0.1:8000"
    document: dict[str, object] = {
        "issuer": local,
        **dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), local + "/x"),
    }
    read_provider(document, local)
    with pytest.raises(IssuerMisconfigured):
        read_provider({**document, "token_endpoint": "http://corp.example/x"}, local)


async def test_keys_are_fetched_anew_for_an_unknown_one_and_not_for_each(
    issuer: IssuerDouble, clock: Clock
) -> None:
    """A key that is missing is looked for at once; made-up ids do not flood the issuer."""
    network = Network()
    published = Issuer(issuer.url, network, clock)
    await published.keys()
    for _ in range(10):
        await published.keys(anew=True)
    assert issuer.fetched_keys == 2
    clock.now += 6
    await published.keys(anew=True)
    assert issuer.fetched_keys == 3
    await network.aclose()


async def test_keys_survive_an_issuer_that_is_away(issuer: IssuerDouble, clock: Clock) -> None:
    """What was published within a day serves while nobody answers, and no longer."""
    network = Network()
    published = Issuer(issuer.url, network, clock)
    kept = await published.keys()
    issuer.away = True
    clock.now += 3000
    assert await published.keys() == kept
    assert await published.keys(anew=True) == kept
    clock.now += 86400
    with pytest.raises(Unreachable):
        await published.keys()
    await network.aclose()
