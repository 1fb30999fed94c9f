"""What a set-up says, read from its text."""

from __future__ import annotations

import pytest

from proxy.configuration.fault import ConfigurationFault
from proxy.setup.document import read_setup
from tests.proxy.setup.conftest import TEXT, URL

NETWORK = """[network]
ca = '''
-----BEGIN CERTIFICATE-----
{body}
-----END CERTIFICATE-----
'''
"""


@pytest.mark.parametrize("body", ["A", "AAAAA", "AAAA", "MIIB"])
def test_roots_that_tls_would_not_take_are_refused_before_anybody_sees_them(body: str) -> None:
    """Accepted, they would leave a machine that reaches nobody, and a hub that fails at them."""
    text = TEXT.format(serial=1).replace("[network]\n", NETWORK.format(body=body))
    with pytest.raises(ConfigurationFault, match=r"network\.ca: must be certificates in PEM"):
        read_setup(text, URL)


@pytest.mark.parametrize("odd", ["1" * 5000, "[" * 500, "{" + "a." * 50_000 + "a = 1}"])
def test_a_document_that_no_parser_ends_with_is_refused(odd: str) -> None:
    """Whoever serves one cannot hold up the machine that asks for it."""
    with pytest.raises(ConfigurationFault):
        read_setup(f"odd = {odd}\n{TEXT.format(serial=1)}", URL)
