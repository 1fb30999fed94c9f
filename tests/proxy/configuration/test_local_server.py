"""A `[servers.NAME]` that names a program on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from proxy.configuration import Configuration, ConfigurationFault, load
from proxy.policy.offering import Standing
from proxy.registry.hand_written import written

if TYPE_CHECKING:
    from pathlib import Path


def loaded(folder: Path, text: str) -> Configuration:
    """The configuration that this says of the server `box`."""
    file = folder / "portico.toml"
    file.write_text(f"[servers.box]\n{text}\n", encoding="utf-8")
    return load(str(file))


def test_a_program_is_offered_like_any_server_written_by_hand(tmp_path: Path) -> None:
    """It has no address and no token; another program is another server."""
    text = 'command = ["box", "--fast"]\nenv = { TZ = "UTC" }\ncwd = "."\nrisk = "read"'
    configuration = loaded(tmp_path, text)
    program = configuration.servers["box"].program
    assert program is not None
    assert program.command == ("box", "--fast")
    assert (program.environment, program.folder) == ({"TZ": "UTC"}, str(tmp_path))
    offering = written(configuration, None, frozenset())["box"]
    assert (offering.program, offering.standing) == (program, Standing.OFFERED)
    assert (offering.auth, offering.reviewed) == ("none", False)
    other = loaded(tmp_path, text.replace("UTC", "CET")).servers["box"].program
    assert other is not None
    assert offering.url == program.address != other.address


def test_a_secret_is_named_and_stands_elsewhere(tmp_path: Path) -> None:
    """What refers to the keyring is taken as it stands, whatever the variable is called."""
    text = 'command = ["box"]\nenv = { API_KEY = "keyring:box/API_KEY", A = "keyring:shared" }'
    program = loaded(tmp_path, text).servers["box"].program
    assert program is not None
    assert program.environment == {"API_KEY": "keyring:box/API_KEY", "A": "keyring:shared"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('command = ["box"]\nurl = "https://box.example/mcp"', "excludes url"),
        ('command = ["box"]\nauth = "sso"', "gets no token"),
        ("command = []", "must name a program"),
        ('command = ["box", "--api-key=abc"]', "must not hold a secret"),
        ('command = ["box"]\nenv = { GITHUB_TOKEN = "abc" }', "secrets do not belong"),
        ('command = ["box"]\nenv = { GITHUB_TOKEN = "abc" }', "set box/GITHUB_TOKEN"),
        ('command = ["box"]\nenv = { A = "keyring:" }', "must name a secret"),
        ('command = ["box"]\nenv = { "A B" = "c" }', "a variable's name"),
        ('command = ["box"]\ncwd = "nowhere"', "names no folder"),
        ('url = "https://box.example/mcp"\nenv = { A = "b" }', "only for a server with a command"),
    ],
)
def test_what_a_local_server_cannot_be_is_refused_with_its_reason(
    tmp_path: Path, text: str, why: str
) -> None:
    """Each mistake is told where it stands, and no value is repeated."""
    with pytest.raises(ConfigurationFault) as wrong:
        loaded(tmp_path, text)
    assert why in wrong.value.message
    assert "abc" not in wrong.value.message
