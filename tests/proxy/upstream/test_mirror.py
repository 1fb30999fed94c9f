"""Tool parameters that headers repeat."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from mcp.shared import inbound

from proxy.upstream.mirror import BadMark, Marks, mirror, mirrored

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="aé =?", max_size=5),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=6,
)
_LEAVES = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "integer", "boolean", "number", 3])},
    optional={"x-mcp-header": st.sampled_from(["Region", "region", "Tenant", "no good", "", 7])},
)
_SCHEMAS = st.recursive(
    _LEAVES,
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
            "items": inner,
            "anyOf": st.lists(inner, max_size=2),
            "$defs": st.dictionaries(st.just("d"), inner, max_size=1),
            "default": inner,
        },
    ),
    max_leaves=8,
)


@given(_SCHEMAS, st.dictionaries(st.sampled_from(["a", "b", "c"]), _VALUES, max_size=3))
def test_marks_and_headers_are_those_of_the_reference_sdk(
    schema: dict[str, Any], arguments: dict[str, Any]
) -> None:
    """A schema is refused exactly when the SDK refuses it, and gives the SDK's headers else."""
    wrong = inbound.find_invalid_x_mcp_header(schema)
    try:
        marks = mirror(schema)
    except BadMark:
        assert wrong is not None
        return
    assert wrong is None
    assert marks == inbound.x_mcp_header_map(schema)
    theirs = inbound.mcp_param_headers(inbound.x_mcp_header_map(schema), arguments)
    assert {k.decode(): v.decode() for k, v in mirrored(marks, arguments)} == theirs


def test_a_wrongly_marked_tool_is_dropped_in_the_modern_era_alone() -> None:
    """The legacy protocol knows no marks, so there the tool stays, without headers."""
    wrong = {"name": "t", "inputSchema": {"type": "object", "x-mcp-header": "Region"}}
    marks = Marks()
    assert marks.learn("presto", [wrong], drop=True) == []
    assert marks.learn("presto", [wrong], drop=False) == [wrong]
    assert marks.of("t") is None
