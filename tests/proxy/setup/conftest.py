"""What the tests of this room share: a company that signs its set-up, and a home that takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auth.signed_text import make_key, sign, verify
from auth.vault_key import VaultKey
from proxy.setup.document import Setup, read_setup
from proxy.setup.kept import Kept
from proxy.setup.source import Offered
from tests.auth.issuer_double import KeyringDouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

URL = "https://corp.example/portico/setup"
TEXT = """
[setup]
serial = {serial}
contact = "platform@corp.example"

[company]
name = "Example Corp"
issuer = "https://sso.corp.example"
client_id = "portico"
registry = "https://registry.corp.example"
registry_audience = "https://registry.corp.example/"
audience = "https://mcp.corp.example/"
audiences = ["https://batch.corp.example/"]
governance_key = "com.example.corp/governance"
token_origins = ["https://mcp.corp.example", "https://registry.corp.example"]

[policy.rules.no-drops]
verdict = "deny"
tools = ["drop_*"]

[network]
https_proxy = "http://proxy.corp.example:3128"
"""


class Corp:
    """A company with a key."""

    def __init__(self) -> None:
        self.pem, self.fingerprint = make_key()

    def signed(self, serial: int = 1, more: str = "", text: str = TEXT) -> str:
        """Its set-up of a number."""
        return sign(text.format(serial=serial) + more, self.pem)

    def offers(self, serial: int = 1, more: str = "") -> Offered:
        """The same, as an address serves it."""
        signed = self.signed(serial, more)
        text, key = verify(signed)
        return Offered(read_setup(text, URL), URL, key, signed)


@pytest.fixture
def corp() -> Corp:
    """A company."""
    return Corp()


@pytest.fixture
def given() -> Setup:
    """What it sets up."""
    return read_setup(TEXT.format(serial=1), URL)


@pytest.fixture
def keyring() -> KeyringDouble:
    """A keyring."""
    return KeyringDouble()


@pytest.fixture
def kept(tmp_path: Path, keyring: KeyringDouble) -> Callable[[], Kept]:
    """The accepted set-up of one home, as each process sees it for itself."""
    return lambda: Kept(str(tmp_path / "state" / "setup"), VaultKey("t", keyring))
