"""Certificates for a server on loopback, issued by an authority of the test's own."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from pathlib import Path

PEM = serialization.Encoding.PEM


def served(folder: Path, *, hours: int = 1, address: str = "127.0.0.1") -> ssl.SSLContext:
    """A server's side of TLS, whose certificate "Example Corp Inspection CA" issued.

    Args:
        folder: Where the key lies while it is loaded, and `authority.pem` afterwards.
        hours: Until when it is valid, from now; a negative figure has expired.
        address: Whose it is.
    """
    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    named = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "Example Corp Inspection CA"),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Example Corp"),
        ]
    )
    own = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    itself = x509.BasicConstraints(ca=True, path_length=None)
    root = _signed(named, named, itself, 24, by=authority, key=authority)
    leaf = _signed(own, named, alternative, hours, by=authority, key=key)
    (folder / "authority.pem").write_bytes(root.public_bytes(PEM))
    both = folder / "both.pem"
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    both.write_bytes(leaf.public_bytes(PEM) + key.private_bytes(PEM, *plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    both.unlink()
    return context


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    extension: x509.ExtensionType,
    hours: int,
    *,
    by: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=48))
        .not_valid_after(now + dt.timedelta(hours=hours))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .sign(by, hashes.SHA256())
    )
