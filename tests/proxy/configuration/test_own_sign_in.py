"""A `[servers.NAME]` that runs its own OAuth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auth.own_sign_in.registration import Registration
from proxy.configuration import Configuration, ConfigurationFault, load
from proxy.registry.hand_written import written

if TYPE_CHECKING:
    from pathlib import Path


def loaded(folder: Path, oauth: str = "", auth: str = "oauth") -> Configuration:
    """The configuration that this says of the server `weather`."""
    file = folder / "portico.toml"
    table = f"[servers.weather.oauth]\n{oauth}\n" if oauth else ""
    text = f'[servers.weather]\nurl = "https://w.example/mcp"\nauth = "{auth}"\n{table}'
    file.write_text(text, encoding="utf-8")
    return load(str(file))


def test_one_word_is_enough_for_a_server_with_a_sign_in_of_its_own(tmp_path: Path) -> None:
    """It needs no company, names no audience, and is offered like any other."""
    offering = written(loaded(tmp_path), None, frozenset())["weather"]
    assert (offering.auth, offering.audience) == ("oauth", "")
    assert offering.registration == Registration()
    assert not offering.reason


def test_a_registration_made_by_hand_is_taken_as_it_is_written(tmp_path: Path) -> None:
    """A file's relative path starts beside the configuration."""
    (tmp_path / "key.pem").touch()
    said = (
        'method = "client-credentials"\nissuer = "https://i.example"\nclient_id = "c"\n'
        'private_key_file = "key.pem"\nprivate_key_algorithm = "RS256"'
    )
    assert loaded(tmp_path, said).servers["weather"].registration == Registration(
        "client-credentials",
        "https://i.example",
        client_id="c",
        key_file=str(tmp_path / "key.pem"),
        key_algorithm="RS256",
    )


@pytest.mark.parametrize(
    ("oauth", "why"),
    [
        ('client_secret_file = "portico.toml"\nissuer = "https://i.example"', "the client_id"),
        ('client_secret_file = "portico.toml"\nclient_id = "c"', "needs the issuer"),
        ('client_secret_file = "nowhere"\nclient_id = "c"', "names no file"),
        ('method = "client-credentials"\nissuer = "https://i.example"', "is missing"),
        ('private_key_algorithm = "RS256"', "only for a private_key_file"),
        ('client_metadata_url = "http://127.0.0.1/c"', "must be the https address"),
        ('client_secret = "abc"', "client_secret_file"),
        ('issuer = "http://i.example"', "https"),
    ],
)
def test_a_registration_that_cannot_work_is_refused_with_its_reason(
    tmp_path: Path, oauth: str, why: str
) -> None:
    """Above all, a secret never stands without the one issuer that it may be sent to."""
    with pytest.raises(ConfigurationFault) as wrong:
        loaded(tmp_path, oauth)
    assert why in wrong.value.message
    assert "abc" not in wrong.value.message


def test_a_registration_is_for_servers_with_a_sign_in_of_their_own(tmp_path: Path) -> None:
    """Beside another `auth` it is a mistake, not a wish that is ignored."""
    with pytest.raises(ConfigurationFault, match='only for auth = "oauth"'):
        loaded(tmp_path, 'client_id = "c"', auth="none")
