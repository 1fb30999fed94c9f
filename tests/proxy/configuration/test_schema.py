"""The published JSON Schema of portico.toml."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from proxy.configuration.schema import schema

DOCS = Path(__file__).parents[3] / "docs"
VALIDATOR = Draft202012Validator(schema())


def test_the_published_schema_is_the_vocabulary() -> None:
    """Whoever adds a key publishes it: `portico config schema > docs/portico.schema.json`."""
    published = json.loads((DOCS / "portico.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(published)
    assert published == schema()


def test_the_schema_takes_the_example_of_the_page() -> None:
    """What Portico reads, an editor that goes by the schema does not underline."""
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    VALIDATOR.validate(tomllib.loads(example))


@pytest.mark.parametrize(
    "wrong",
    [
        'colour = "red"',
        "[hub]\nidle_minutes = 0",
        '[hub]\nidle_minutes = "15"',
        '[company]\nname = "x"',
        '[servers.x]\nauth = "password"',
        "[servers.x]\ncommand = 'run'",
        '[policy.rules.x]\nreason = "no verdict"',
        "[policy.leases]\ncalls = 1.5",
    ],
)
def test_what_portico_refuses_by_its_shape_the_schema_refuses_too(wrong: str) -> None:
    """Unknown keys, wrong types, words and bounds, and what is missing."""
    assert list(VALIDATOR.iter_errors(tomllib.loads(wrong)))
