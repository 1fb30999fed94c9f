"""What Example Corp gives its people to join it: one signed document at one address."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import TYPE_CHECKING

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

PATH = "/portico/setup"
KIND = "portico-setup+jws"
CONTACT = "platform@corp.example"


class Setup:
    """The document, and the key that signs it.

    Args:
        write: The company's part of it, as TOML; asked anew for each visitor.
        serial: Its number.
        key_file: Where the key is kept, so that it is the same the next time; None makes a new one.

    Attributes:
        application: Serves it at `PATH`.
        fingerprint: What people compare.
        serial: May be changed while it runs, and so may `more`.
        more: Further TOML at its end.
    """

    def __init__(self, write: Callable[[], str], serial: int, key_file: Path | None) -> None:
        self.serial = serial
        self.more = ""
        self._write = write
        self._key = _key(key_file)
        self.fingerprint = f"SHA256:{_thumbprint(self._key)}"
        self.application = Starlette(routes=[Route(PATH, self._serve)])

    def text(self) -> str:
        """The document as it is signed."""
        head = f'[setup]\nserial = {self.serial}\ncontact = "{CONTACT}"\n\n'
        return f"{head}{self._write()}{self.more}"

    def rotate(self) -> None:
        """Sign with another key from now on."""
        self._key = Ed25519PrivateKey.generate()
        self.fingerprint = f"SHA256:{_thumbprint(self._key)}"

    async def _serve(self, _: Request) -> PlainTextResponse:
        signed = jwt.PyJWS(algorithms=["EdDSA"]).encode(
            self.text().encode(),
            self._key,
            algorithm="EdDSA",
            headers={"typ": KIND, "jwk": _public(self._key)},
        )
        return PlainTextResponse(signed, media_type="application/jose")


def _key(file: Path | None) -> Ed25519PrivateKey:
    if file is not None and file.exists():
        held = load_pem_private_key(file.read_bytes(), None)
        if isinstance(held, Ed25519PrivateKey):
            return held
    made = Ed25519PrivateKey.generate()
    if file is not None:
        pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as fresh:
            fresh.write(pem)
    return made


def _public(key: Ed25519PrivateKey) -> dict[str, str]:
    raw = key.public_key().public_bytes_raw()
    return {"crv": "Ed25519", "kty": "OKP", "x": _encoded(raw)}


def _thumbprint(key: Ed25519PrivateKey) -> str:
    canonical = json.dumps(_public(key), sort_keys=True, separators=(",", ":"))
    return _encoded(hashlib.sha256(canonical.encode()).digest())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
