"""A text with a signature: a compact JWS (RFC 7515) by an Ed25519 key that the header carries.

A key inside the thing that it signs proves nothing by itself. What counts is its fingerprint, which
a person compares once, or which was kept from the last time. So `verify` gives text and fingerprint
together, and its caller decides whose key that is.

This form rather than others: PyJWT and cryptography are here anyway (minisign and sigstore are not,
and sigstore needs a log to be reached), any JOSE tool can make it, it is one line of ASCII that no
proxy changes, and unlike a pinned certificate it survives renewals, mirrors and TLS inspection.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json

from auth.fault import Fault, Who

KIND = "portico-setup+jws"
"""The header's `typ`, so that nothing else that the key has signed can be taken for a set-up."""

FINGERPRINT = "SHA256:"
"""How a fingerprint begins; 43 characters of unpadded base64 follow, as in OpenSSH."""

_ALGORITHM = "EdDSA"
_KEY_BYTES = 32


class SignatureWrong(Fault):
    """A signed text is not one, or its signature is not that of the key it names."""

    reference = "signature-wrong"
    who = Who.COMPANY
    remedy = "Tell whoever serves the document; nothing of it is used."


def verify(signed: str) -> tuple[str, str]:
    """The text, and the fingerprint of the key that signed it. Imports cryptography, so it is slow.

    Raises:
        SignatureWrong: The signature does not hold, or this is no text signed in this way.
    """
    import jwt

    text = unverified(signed)
    raw = _key(signed)
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(raw)
        # It refuses what the header calls critical and PyJWT does not know.
        proven = jwt.PyJWS(algorithms=[_ALGORITHM]).decode(signed, key, algorithms=[_ALGORITHM])
    except (jwt.PyJWTError, UnsupportedAlgorithm, ValueError) as wrong:
        msg = f"The signature of this document does not hold ({type(wrong).__name__})."
        raise SignatureWrong(msg) from None
    if proven.decode() != text:
        msg = "The signature of this document is about another text."
        raise SignatureWrong(msg)
    return text, fingerprint(raw)


def unverified(signed: str) -> str:
    """The text alone, whoever signed it: cheap, and worth as little.

    Raises:
        SignatureWrong: It is no text signed in this way.
    """
    try:
        _, payload, _ = signed.split(".")
        return _decode(payload).decode()
    except ValueError:
        msg = "This is not a signed document (a compact JWS of three parts)."
        raise SignatureWrong(msg) from None


def sign(text: str, pem: bytes) -> str:
    """A signed text.

    Args:
        text: What is signed.
        pem: The private key, as `make_key` gives it.

    Raises:
        SignatureWrong: It is no Ed25519 key in PEM without a passphrase.
    """
    import jwt
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        msg = "This is not an Ed25519 key in PEM without a passphrase."
        raise SignatureWrong(msg, remedy="Make one with `portico setup key FILE`.")
    public = {"kty": "OKP", "crv": "Ed25519", "x": _encode(key.public_key().public_bytes_raw())}
    return jwt.PyJWS(algorithms=[_ALGORITHM]).encode(
        text.encode(), key, algorithm=_ALGORITHM, headers={"typ": KIND, "jwk": public}
    )


def make_key() -> tuple[bytes, str]:
    """A new private key in PEM, and its fingerprint."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem, fingerprint(key.public_key().public_bytes_raw())


def fingerprint(raw: bytes) -> str:
    """What people compare of a public key of 32 bytes: the SHA-256 of its JWK (RFC 7638)."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": _encode(raw)}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    return FINGERPRINT + _encode(hashlib.sha256(canonical).digest())


def _key(signed: str) -> bytes:
    """The public key that the header names."""
    try:
        header = json.loads(_decode(signed.partition(".")[0]))
        jwk = header["jwk"]
        said = [header["typ"], header["alg"], jwk["kty"], jwk["crv"]]
        raw = _decode(jwk["x"])
    except (ValueError, KeyError, TypeError, RecursionError):
        said, raw = [], b""
    if said != [KIND, _ALGORITHM, "OKP", "Ed25519"] or len(raw) != _KEY_BYTES:
        msg = f"This document is not signed as a set-up is (Ed25519, typ {KIND})."
        raise SignatureWrong(msg)
    return raw


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as wrong:
        raise ValueError from wrong
