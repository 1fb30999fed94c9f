"""How tokens come about, as portico.toml says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auth.client import Naming
from proxy.configuration import load
from proxy.configuration.fault import ConfigurationFault

if TYPE_CHECKING:
    from pathlib import Path

    from proxy.configuration import Configuration

COMPANY = """\
issuer = "https://sso.example"
client_id = "portico"
audience = "https://mcp.example/"
token_origins = ["https://mcp.example", "https://as.example"]
"""
SERVER = """\
url = "https://mcp.example/payroll/mcp"
auth = "sso"
"""


VOUCHED = """\
grant = "enterprise"
[servers.payroll.oauth]
issuer = "https://as.example"
"""


def loaded(folder: Path, company: str = "", server: str = "") -> Configuration:
    """What Portico reads of a file."""
    file = folder / "portico.toml"
    text = f"[company]\n{COMPANY}{company}\n[servers.payroll]\n{SERVER}{server}\n"
    file.write_text(text, encoding="utf-8")
    return load(str(file))


def test_the_companys_own_audience_comes_first_and_all_are_known(tmp_path: Path) -> None:
    """In the order of the file, because a sign-in asks for the first; each in its own way."""
    found = loaded(
        tmp_path,
        'audiences = ["https://b.example/"]\naudience_parameter = "api"\n'
        'scope_audiences = ["api://c/.default"]\nparameter_audiences = ["d"]',
    )
    assert found.audiences == (
        "https://mcp.example/",
        "https://b.example/",
        "api://c/.default",
        "d",
    )
    assert found.company is not None
    assert found.company.naming == Naming(
        parameter="api", scopes=("api://c/.default",), parameters=("d",)
    )


def test_a_server_says_how_its_token_comes_about(tmp_path: Path) -> None:
    """An exchange for an audience that no refresh asks for, and the company's word elsewhere."""
    exchanged = loaded(tmp_path, server='grant = "exchange"\naudience = "payroll"')
    assert exchanged.servers["payroll"].way == "exchange"
    assert "payroll" not in exchanged.audiences
    vouched = loaded(
        tmp_path,
        server='grant = "enterprise"\nscopes = ["payslips.read"]\n[servers.payroll.oauth]\n'
        'issuer = "https://as.example"\nclient_id = "portico-there"',
    ).servers["payroll"]
    assert (vouched.audience, vouched.scopes) == (vouched.url, ("payslips.read",))
    assert vouched.registration is not None
    assert vouched.registration.issuer == "https://as.example"


@pytest.mark.parametrize(
    ("company", "server", "told"),
    [
        ('audience_by = "magic"', "", "audience_by"),
        ('audience_parameter = "grant_type"', "", "is not a parameter"),
        ('audience_parameter = "a b"', "", "is not a parameter"),
        ("", 'grant = "magic"', "grant"),
        ("", 'grant = "enterprise"', "needs the server's own issuer"),
        (
            "",
            'grant = "enterprise"\n[servers.payroll.oauth]\nissuer = "https://other.example"',
            "token_origins",
        ),
        ("", f'{VOUCHED}method = "client-credentials"', "where your company vouches"),
    ],
)
def test_what_cannot_work_is_refused_with_its_reason(
    tmp_path: Path, company: str, server: str, told: str
) -> None:
    """Before anything of the sign-in is sent anywhere."""
    with pytest.raises(ConfigurationFault, match=told):
        loaded(tmp_path, company, server)


def test_a_grant_is_for_servers_that_are_sent_the_users_token(tmp_path: Path) -> None:
    """A way to a token says nothing about a server that gets none."""
    file = tmp_path / "portico.toml"
    file.write_text(
        '[servers.x]\nurl = "https://x.example/mcp"\ngrant = "exchange"\nscopes = ["a"]\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationFault, match='only for auth = "sso"') as told:
        load(str(file))
    assert len(told.value.problems) == 2
