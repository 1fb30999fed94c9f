"""A person's portico.toml under a company's set-up: it takes away, and never adds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from proxy.configuration import ConfigurationFault, load
from proxy.configuration.vocabulary import KEYS, Shape
from proxy.setup.document import Setup, read_setup
from tests.proxy.setup.conftest import TEXT, URL

if TYPE_CHECKING:
    from pathlib import Path

SETUP = read_setup(TEXT.format(serial=1), URL)
COMPANY: dict[str, Any] = dict(SETUP.tables["company"])

_URLS = st.sampled_from(
    [
        "https://evil.example",
        "https://sso.corp.example",
        "https://registry.corp.example",
        "https://mcp.corp.example",
        "https://MCP.corp.example:443",
        "https://mcp.corp.example/",
        "https://batch.corp.example/",
    ]
)
_VALUES: dict[Shape, st.SearchStrategy[Any]] = {
    Shape.TEXT: st.sampled_from(["portico", "groups", "evil", "https://mcp.corp.example/"]) | _URLS,
    Shape.URL: _URLS,
    Shape.TEXTS: st.lists(_URLS | st.sampled_from(["openid", "groups", "admin"]), max_size=4),
    Shape.FLAG: st.booleans(),
    Shape.TABLES: st.just({"com.example/x": {"default_risk": "read", "trust_read_hint": True}}),
}


def _tables() -> st.SearchStrategy[dict[str, Any]]:
    """What somebody may write below `[company]`: the company's own values, and others."""
    kinds = {
        name: _VALUES[key.shape] | (st.just(COMPANY[name]) if name in COMPANY else st.nothing())
        for name, key in KEYS["company"].items()
        if key.shape in _VALUES
    }
    return st.fixed_dictionaries({}, optional=kinds)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(own=_tables())
@example(own={"token_origins": ["https://mcp.corp.example"], "unreviewed": False})
def test_a_person_never_widens_what_the_company_set_up(tmp_path: Path, own: dict[str, Any]) -> None:
    """Whatever somebody writes, it is refused or means less than the company's own word."""
    file = tmp_path / "portico.toml"
    file.write_text(_toml(own), encoding="utf-8")
    try:
        company = load(str(file), SETUP).company
    except ConfigurationFault:
        return
    assert company is not None
    theirs = SETUP.company
    assert company.token_origins <= theirs.token_origins
    assert set(company.audiences) <= set(theirs.audiences)
    assert set(company.scopes) <= set(theirs.scopes)
    assert company.unreviewed <= theirs.unreviewed
    narrowable = {"token_origins", "audiences", "scopes", "unreviewed"}
    for name in type(company).__slots__:
        assert name in narrowable or getattr(company, name) == getattr(theirs, name)


def _toml(own: dict[str, Any]) -> str:
    lines = [f"{k} = {json.dumps(v)}" for k, v in own.items() if not isinstance(v, dict)]
    for key, tables in own.items():
        for name, table in tables.items() if isinstance(tables, dict) else ():
            lines.append(f'[company.{key}."{name}"]')
            lines += [f"{k} = {json.dumps(v)}" for k, v in table.items()]
    return "[company]\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("own", "key"),
    [
        ('[company]\nregistry = "https://evil.example"\n', "company.registry"),
        ('[company]\nissuer = "https://evil.example"\n', "company.issuer"),
        ('[company]\ntoken_origins = ["https://evil.example"]\n', "company.token_origins"),
        ('[company]\ngovernance_key = ""\n', "company.governance_key"),
        ('[company.servers."a.b/c"]\ndefault_risk = "read"\n', "company.servers"),
        ('[network]\nca_file = "portico.toml"\n', "network.ca_file"),
        ("[hub]\nunencrypted_tokens_on_disk = true\n", "hub.unencrypted_tokens_on_disk"),
        (
            '[servers.x]\nurl = "https://mcp.corp.example/x"\nauth = "sso"\naudience = "evil"\n',
            "servers.x.audience",
        ),
    ],
)
def test_what_would_widen_a_set_up_is_refused_with_its_line(
    tmp_path: Path, given: Setup, own: str, key: str
) -> None:
    """The whole file is refused, and the message says where."""
    file = tmp_path / "portico.toml"
    file.write_text(own, encoding="utf-8")
    with pytest.raises(ConfigurationFault) as refused:
        load(str(file), given)
    assert key in {problem.key for problem in refused.value.problems}


def test_without_a_file_the_set_up_alone_holds(tmp_path: Path, given: Setup) -> None:
    """Nobody has to write a portico.toml, and one that only takes away is taken."""
    file = tmp_path / "portico.toml"
    alone = load(str(file), given)
    assert alone.company == given.company
    assert alone.network.https_proxy == "http://proxy.corp.example:3128"
    file.write_text(
        '[company]\nissuer = "https://sso.corp.example"\nunreviewed = false\n'
        'audiences = []\ntoken_origins = ["https://REGISTRY.corp.example:443"]\n'
        '[network]\nhttps_proxy = "http://own.example:1"\n',
        encoding="utf-8",
    )
    less = load(str(file), given)
    assert less.company is not None
    assert less.company.token_origins == {"https://registry.corp.example"}
    assert less.company.audiences == ()
    assert less.company.unreviewed is False
    assert less.network.https_proxy == "http://own.example:1"
