"""Debian's `glewlwyd`: a provider with ways of its own, in a folder of its own.

It is set up as its manual says, through its administrator's API. It takes one way back with its
port, says `groups` as one string, numbers as strings and errors without a body, and lets no public
client end its own sign-in.
"""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.company import AUDIENCE, REGISTRY_AUDIENCE
from tests.node import NotRun
from tests.providers.place import PATIENCE, Place
from tests.providers.ports import free

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
CONFIGURATION = Path("/etc/glewlwyd/glewlwyd.conf")
PASSWORD = "correct horse"
SCOPES = ("openid", "offline_access", "mcp:tools", "registry:read")
PEOPLE = {"alice": ["ads-eng", "employees"], "bob": ["infra", "employees"]}
_STARTS_WITHIN = 30.0


@dataclass
class Glewlwyd(Place):
    """One that listens."""

    async def _browse(
        self, url: str, user: str, *, follow_back: bool = True, typing: str = ""
    ) -> str:
        """Sign in and agree as its own page does in the background, then follow it back."""
        parts = urlsplit(self.issuer)
        base = f"{parts.scheme}://{parts.netloc}/api"
        async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
            known = await client.post(
                f"{base}/auth/", json={"username": user, "password": PASSWORD}
            )
            known.raise_for_status()
            agreed = await client.put(
                f"{base}/auth/grant/{self.client_id}/", json={"scope": " ".join(SCOPES)}
            )
            agreed.raise_for_status()
            if typing:
                url = f"{self.issuer}/device?{urlencode({'code': typing})}"
            shown = await client.get(f"{url}{'&' if '?' in url else '?'}g_continue")
            address = urljoin(url, shown.headers["location"])
            if follow_back and not typing:
                await client.get(address)
        return address


@contextmanager
def running(folder: Path) -> Iterator[Glewlwyd]:
    """It, set up and listening for as long as the block lasts.

    Raises:
        NotRun: It is not installed, or came without its tables.
    """
    if not SCHEMA.exists() or not CONFIGURATION.exists():
        raise NotRun("Debian's glewlwyd is not installed, or without its tables")
    port, back = free(), free()
    base = f"http://127.0.0.1:{port}"
    database = folder / "glewlwyd.sqlite3"
    with sqlite3.connect(database) as tables:
        tables.executescript(SCHEMA.read_text(encoding="utf-8"))
    tables.close()
    file = folder / "glewlwyd.conf"
    file.write_text(_configuration(base, port, database), encoding="utf-8")
    with _process(file, base), _administrator(base) as asked:
        _groups(asked)
    # Its module of people reads which properties they have when it starts.
    with _process(file, base):
        with _administrator(base) as asked:
            _company(asked, base, back)
        yield Glewlwyd(
            "glewlwyd",
            f"{base}/api/sso",
            scopes=SCOPES,
            audiences=(AUDIENCE, REGISTRY_AUDIENCE),
            port=back,
            revokes=False,
            switches=False,
        )


def _configuration(base: str, port: int, database: Path) -> str:
    text = CONFIGURATION.read_text(encoding="utf-8")
    for key, value in {
        "port": str(port),
        "external_url": f'"{base}/"',
        "log_mode": '"console"',
        "log_level": '"ERROR"',
    }.items():
        text = re.sub(rf"^{key}=.*$", f"{key}={value}", text, flags=re.MULTILINE)
    text = re.sub(r"^@include.*$", "", text, flags=re.MULTILINE)
    path = json.dumps(str(database))
    return f'{text}\nbind_address="127.0.0.1"\ndatabase = {{ type = "sqlite3" path = {path} }};\n'


@contextmanager
def _process(file: Path, base: str) -> Iterator[None]:
    command = ["glewlwyd", f"--config-file={file}"]
    log = file.with_suffix(".log").open("ab")
    with (
        log,
        subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL) as process,
    ):
        try:
            _wait(process, base)
            yield
        finally:
            # Its database is thrown away, so there is nothing that it would have to end in order.
            process.kill()


def _wait(process: subprocess.Popen[bytes], base: str) -> None:
    """Until it answers; it says nothing when it begins to listen."""
    until = time.monotonic() + _STARTS_WITHIN
    while process.poll() is None and time.monotonic() < until:
        try:
            httpx2.get(f"{base}/config", trust_env=False)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return
    raise NotRun("Debian's glewlwyd does not start here")


class _Asked:
    """Its administrator's API."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def __call__(self, verb: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON.
        """What it answers.

        Raises:
            NotRun: It refuses; another version may want other words.
        """
        answer = self._client.request(verb, path, json=body)
        if answer.is_error:
            msg = f"glewlwyd refuses its set-up: {verb} {path}: {answer.text[:300]}"
            raise NotRun(msg)
        return answer.json() if answer.content else None


@contextmanager
def _administrator(base: str) -> Iterator[_Asked]:
    with httpx2.Client(base_url=f"{base}/api/", trust_env=False, timeout=PATIENCE) as client:
        asked = _Asked(client)
        asked("POST", "auth/", {"username": "admin", "password": "password"})
        yield asked


def _groups(asked: _Asked) -> None:
    """Let people have groups."""
    module = asked("GET", "mod/user/")[0]
    module["parameters"]["data-format"] = {
        "groups": {
            "multiple": True,
            "read": True,
            "write": True,
            "profile-read": True,
            "profile-write": False,
        }
    }
    asked("PUT", f"mod/user/{module['name']}", module)


def _company(asked: _Asked, base: str, back: int) -> None:
    """The people, Portico's client, and the provider itself."""
    for scope in SCOPES[1:]:
        asked(
            "POST",
            "scope/",
            {
                "name": scope,
                "display_name": scope,
                "password_required": True,
                "password_max_age": 86400,
                "scheme": {},
            },
        )
    for name, groups in PEOPLE.items():
        asked(
            "POST",
            "user/",
            {
                "username": name,
                "name": name,
                "email": f"{name}@corp.example",
                "password": PASSWORD,
                "enabled": True,
                "groups": groups,
                "scope": [*SCOPES, "g_profile"],
            },
        )
    asked(
        "POST",
        "client/",
        {
            "client_id": "portico",
            "name": "Portico",
            "enabled": True,
            "confidential": False,
            "redirect_uri": [f"http://127.0.0.1:{back}/callback"],
            "authorization_type": ["code", "refresh_token", "device_authorization"],
            "scope": [],
            "token_endpoint_auth_method": ["none"],
        },
    )
    asked(
        "POST",
        "mod/plugin/",
        {"module": "oidc", "name": "sso", "display_name": "SSO", "parameters": _provider(base)},
    )


def _provider(base: str) -> dict[str, object]:
    """Its OpenID Connect, as strict as it can be."""
    key = ec.generate_private_key(ec.SECP256R1())
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    allowed = ("code", "refresh", "device", "id-token")
    kinds = ("code", "refresh", "device", "id-token", "token", "password", "client")
    return {
        "iss": f"{base}/api/sso",
        "jwks-show": True,
        "jwt-type": "ecdsa",
        "jwt-key-size": "256",
        "key": secret.decode(),
        "cert": public.decode(),
        "access-token-duration": 120,
        "refresh-token-duration": 86400,
        "code-duration": 300,
        "refresh-token-rolling": True,
        "refresh-token-one-use": "always",
        "allow-non-oidc": False,
        **{f"auth-type-{kind}-enabled": kind in allowed for kind in kinds},
        "auth-type-code-revoke-replayed": True,
        "claims": [
            {
                "name": "groups",
                "user-property": "groups",
                "type": "string",
                "mandatory": True,
                "on-demand": False,
            }
        ],
        "scope": [{"name": "offline_access", "refresh-token-rolling": True}],
        "pkce-allowed": True,
        "pkce-method-plain-allowed": False,
        "pkce-required": True,
        "introspection-revocation-allowed": True,
        "introspection-revocation-allow-target-client": True,
        "introspection-revocation-auth-scope": ["g_admin"],
        "device-authorization-expiration": 300,
        "device-authorization-interval": 1,
        "resource-allowed": True,
        "resource-scope": {"mcp:tools": [AUDIENCE], "registry:read": [REGISTRY_AUDIENCE]},
        "resource-client-property": "",
        "resource-scope-and-client-property": False,
        "resource-change-allowed": True,
        "restrict-scope-client-property": "",
    }
