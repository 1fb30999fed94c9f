"""The era tables and the header codec."""

from __future__ import annotations

from importlib.metadata import version

from hypothesis import example, given
from hypothesis import strategies as st
from mcp.shared import inbound
from mcp_types import version as revisions

from proxy.upstream import era


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
@example(" edge")
@example("=?base64?YQ==?=")
@example("naïve\r\nX-Evil: 1")
def test_a_header_value_is_what_the_reference_sdk_writes(text: str) -> None:
    """Every text is wrapped exactly when and how the SDK wraps it."""
    assert era.header_value(text) == inbound.encode_header_value(text)


def test_a_lone_surrogate_makes_a_header_and_no_crash() -> None:
    """Text that UTF-8 cannot carry still gives plain ASCII."""
    assert era.header_value("\ud800").isascii()


def test_the_tables_are_those_of_the_reference_sdk() -> None:
    """Versions and the parameters behind `Mcp-Name` are the SDK's, and our version is ours."""
    assert era.MODERN_VERSIONS == revisions.MODERN_PROTOCOL_VERSIONS
    assert era.LEGACY_VERSIONS == revisions.HANDSHAKE_PROTOCOL_VERSIONS
    assert dict(inbound.NAME_BEARING_METHODS) == era.NAMED_BY
    assert era.CLIENT_INFO["version"] == version("portico")
