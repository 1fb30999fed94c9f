"""The discovery document is believed only where it may speak."""

from __future__ import annotations

import pytest

from auth.discovery import IssuerMisconfigured, read_provider

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
    assert provider.revocation is None
    assert not provider.names_itself


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
