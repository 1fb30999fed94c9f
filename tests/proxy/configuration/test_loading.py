"""What `portico.toml` may say, and what is said of a wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auth.fault import Who
from proxy.configuration import CompanyServer, Configuration, ConfigurationFault, load
from proxy.policy.risk import Confirm, Risk

if TYPE_CHECKING:
    from pathlib import Path

COMPANY = """\
[company]
issuer = "https://sso.corp.example"
client_id = "portico"
registry = "https://registry.corp.example"
registry_audience = "https://registry.corp.example/"
audience = "https://mcp.corp.example/"
governance_key = "com.example.corp/governance"
token_origins = ["https://mcp.corp.example", "https://registry.corp.example"]
"""


def loaded(folder: Path, text: str) -> Configuration:
    """The configuration that a file of this text is."""
    file = folder / "portico.toml"
    file.write_text(text, encoding="utf-8")
    return load(str(file))


def complaints(folder: Path, text: str) -> list[str]:
    """What is said of a wrong file, without the folder's name."""
    with pytest.raises(ConfigurationFault) as caught:
        loaded(folder, text)
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).splitlines()]


def test_a_missing_file_is_an_empty_configuration(tmp_path: Path) -> None:
    """Somebody who wrote nothing yet has the defaults, and no company."""
    path = str(tmp_path / "portico.toml")
    assert load(path) == Configuration(path=path)


def test_the_company_and_its_defaults_are_read(tmp_path: Path) -> None:
    """What the file says is there, and what it leaves out has the documented default."""
    text = f'{COMPANY}[company.servers."com.example/x"]\ndefault_risk = "read"\n'
    company = loaded(tmp_path, text).company
    assert company is not None
    assert company.name == "sso.corp.example"
    assert company.scopes == ("openid", "profile", "groups", "offline_access")
    assert company.unreviewed
    assert company.servers == {"com.example/x": CompanyServer(default_risk=Risk.READ)}


def test_a_server_written_by_hand_has_the_users_own_rules(tmp_path: Path) -> None:
    """Risk and confirmation are the user's, tool by tool where the file says so."""
    text = f"""{COMPANY}
[servers.notes]
url = "https://mcp.corp.example/notes/mcp"
auth = "sso"
risk = "write"
tools = {{ allow = ["read_*"], deny = ["read_all"] }}
[servers.notes.rules.read_page]
risk = "read"
confirm = "never"
"""
    server = loaded(tmp_path, text).servers["notes"]
    assert (server.auth, server.audience) == ("sso", "https://mcp.corp.example/")
    assert (server.risk, server.confirm) == (Risk.WRITE, Confirm.RISKY)
    assert (server.tools_allow, server.tools_deny) == (("read_*",), ("read_all",))
    rule = server.rules["read_page"]
    assert (rule.risk, rule.confirm, rule.source) == (Risk.READ, Confirm.NEVER, "portico.toml:15")


def test_every_problem_is_told_at_once_with_file_line_and_key(tmp_path: Path) -> None:
    """One look at the message is enough to correct the whole file."""
    text = """\
[compny]
[servers.notes]
url = "http://notes.example/mcp"
confirm = "allways"
colour = "blue"
[hub]
idle_minutes = "ten"
[approvals]
deadline_seconds = nan
"""
    assert complaints(tmp_path, text) == [
        'portico.toml:1: compny: is not a key that Portico knows (did you mean "company"?)',
        (
            "portico.toml:3: servers.notes.url: must start with https:// "
            "(http:// is for this machine only)"
        ),
        (
            'portico.toml:4: servers.notes.confirm: "allways" is not one of "never", "risky", '
            '"always" (did you mean "always"?)'
        ),
        (
            "portico.toml:5: servers.notes.colour: is not a key that Portico knows; allowed here: "
            "url, command, env, cwd, headers, auth, grant, audience, scopes, oauth, confirm, "
            "risk, tools, rules"
        ),
        'portico.toml:7: hub.idle_minutes: must be a number, not "ten"',
        "portico.toml:9: approvals.deadline_seconds: must be above 0 and at most 3600",
    ]


def test_the_fault_says_who_acts_and_lists_the_problems_for_programs(tmp_path: Path) -> None:
    """A person corrects the file; a program finds file, line, key and message apart."""
    with pytest.raises(ConfigurationFault) as caught:
        loaded(tmp_path, "\n[servers.x]\n")
    assert (caught.value.reference, caught.value.who) == ("configuration-invalid", Who.PERSON)
    [problem] = caught.value.problems
    assert (problem.line, problem.key) == (2, "servers.x.url")
    assert caught.value.data["problems"] == [
        {
            "file": str(tmp_path / "portico.toml"),
            "line": 2,
            "key": "servers.x.url",
            "message": problem.message,
        }
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[servers.x]\nurl = "https://x.example/mcp"\ntoken = "canary-4711"',
        '[servers.x]\nurl = "https://x.example/mcp"\nheaders = { Authorization = "canary-4711" }',
        '[servers.x]\nurl = "https://user:canary-4711@x.example/mcp"',
        '[servers.x]\nurl = "https://x.example/mcp?api_key=canary-4711"',
        '[servers.x]\nurl = "https://x.example/mcp"\nauth = "Bearer canary-4711"',
        '[network]\nhttps_proxy = "http://user:canary-4711@proxy.example:3128"',
        '[company]\nclient_secret = "canary-4711"',
    ],
)
def test_a_secret_in_the_file_is_refused_and_never_repeated(tmp_path: Path, text: str) -> None:
    """The file is refused wherever a secret stands, and no message carries it on."""
    with pytest.raises(ConfigurationFault) as caught:
        loaded(tmp_path, text)
    assert "canary" not in f"{caught.value} {caught.value.as_json()}"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("governance_key = ", "# "), "company.governance_key: is missing"),
        (('"com.example.corp/governance"', '""'), None),
        (('["https://mcp.corp.example", ', "["), None),
        ((', "https://registry.corp.example"]', "]"), "company.registry_audience: needs"),
        (('["https://mcp.corp.example",', '["https://mcp.corp.example/x",'), "token_origins"),
        (
            ('https://registry.corp.example"\nreg', 'https://registry.corp.example/v0.1"\nreg'),
            "/v0.1",
        ),
        (("issuer = ", "# "), "company.issuer: is missing"),
        (("client_id", 'scopes = ["profile"]\nclient_id'), "company.scopes: must contain"),
        (("token_origins", "token_origin"), 'did you mean "token_origins"'),
    ],
)
def test_a_company_that_would_open_a_door_by_mistake_is_refused(
    tmp_path: Path, change: tuple[str, str], told: str | None
) -> None:
    """A company's table is refused where leaving it so would loosen something silently."""
    text = COMPANY.replace(*change)
    assert text != COMPANY
    if told is None:
        assert loaded(tmp_path, text).company is not None
    else:
        assert told in "\n".join(complaints(tmp_path, text))


def test_sso_is_only_for_origins_that_the_company_names(tmp_path: Path) -> None:
    """A hand-written server elsewhere, or without a company, cannot ask for the user's token."""
    foreign = '[servers.x]\nurl = "https://x.example/mcp"\nauth = "sso"\n'
    [told] = complaints(tmp_path, COMPANY + foreign)
    assert 'servers.x.auth: "sso" needs the origin "https://x.example"' in told
    [told] = complaints(tmp_path, foreign)
    assert '"sso" needs a [company]' in told


@pytest.mark.parametrize("name", ["portico", "My-Server", "a_b", "-x", "x" * 25])
def test_a_name_that_no_server_may_have_is_refused(tmp_path: Path, name: str) -> None:
    """Names that would break public tool names, or pass for Portico's own, are not accepted."""
    [told] = complaints(tmp_path, f'[servers.{name}]\nurl = "https://x.example/mcp"')
    assert "is not a server's name" in told


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"a = 1\nb = \n", ":2: is not TOML"),
        (b"a = 1\n[b", ":2: is not TOML"),
        (b"\xff", ":1: is not UTF-8 text"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "is nested too deeply"),
        (b"#" * (1024 * 1024 + 1), "is larger than"),
        (b"servers = 3\n", "servers: must be a table, not 3"),
        (b'[servers]\nx = "y"\n', "servers.x: must be a table"),
        (b"[network]\nca_file = 'none.pem'\n", "network.ca_file: names no file"),
    ],
)
def test_a_file_that_is_not_a_configuration_is_told_in_one_line(
    tmp_path: Path, data: bytes, told: str
) -> None:
    """Bytes, TOML and shape are each refused with a place, never with a traceback."""
    file = tmp_path / "portico.toml"
    file.write_bytes(data)
    with pytest.raises(ConfigurationFault, match=told):
        load(str(file))


def test_a_relative_ca_file_lies_beside_the_file_that_names_it(tmp_path: Path) -> None:
    """The hub's own working directory does not matter."""
    (tmp_path / "roots.pem").touch()
    network = loaded(tmp_path, '[network]\nca_file = "roots.pem"\n').network
    assert network.ca_file == str(tmp_path / "roots.pem")


def test_a_table_that_stands_twice_is_named_as_the_file_names_it(tmp_path: Path) -> None:
    """No tuple of Python's is shown to a person, and a long text is called one."""
    twice = '[servers.x]\nurl = "https://a.example"\n[servers.x]\n'
    assert complaints(tmp_path, twice) == [
        "portico.toml:3: servers.x: stands in the file twice; join the two into one"
    ]
    assert complaints(tmp_path, '[hub]\nidle_minutes = "a quarter of an hour"\n') == [
        "portico.toml:2: hub.idle_minutes: must be a number, not a text"
    ]


def test_headers_are_the_users_own_and_name_their_secrets(tmp_path: Path) -> None:
    """Only beside a url, never one that Portico writes, and no secret in clear."""
    file = tmp_path / "portico.toml"
    file.write_text(
        '[servers.a]\nurl = "https://a.example/mcp"\n'
        'headers = { Authorization = "keyring:a/Authorization", X-Team = "data" }\n',
        encoding="utf-8",
    )
    assert load(str(file)).servers["a"].headers == {
        "Authorization": "keyring:a/Authorization",
        "X-Team": "data",
    }
    for wrong, why in (
        ('url = "https://a.example"\nheaders = { Host = "b" }', "not Portico's own"),
        ('url = "https://a.example"\nheaders = { Mcp-Method = "b" }', "not Portico's own"),
        ('url = "https://a.example"\nheaders = { X = "b\\nc" }', "not Portico's own"),
        ('url = "https://a.example"\nheaders = { X-Api-Key = "b" }', "set a/X-Api-Key"),
        ('command = ["a"]\nheaders = { X = "b" }', "only for a server with a url"),
        (
            'url = "https://a.example"\nauth = "oauth"\nheaders = { Authorization = "keyring:a" }',
            "must not hold Authorization",
        ),
    ):
        file.write_text(f"[servers.a]\n{wrong}\n", encoding="utf-8")
        with pytest.raises(ConfigurationFault, match=why):
            load(str(file))
