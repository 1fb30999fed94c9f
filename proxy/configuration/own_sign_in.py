"""A `[servers.NAME]` that has an issuer of its own: how Portico is known to that."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auth.own_sign_in.registration import Registration

if TYPE_CHECKING:
    from proxy.configuration.section import Section


class _Method(StrEnum):
    CODE = "authorization-code"
    CLIENT = "client-credentials"


class _Algorithm(StrEnum):
    ES256 = "ES256"
    RS256 = "RS256"
    PS256 = "PS256"
    EDDSA = "EdDSA"


def read_registration(section: Section) -> Registration | None:
    """The registration of a server with an issuer of its own, or None for another server.

    What is wrong with it is noted in the section's problems.
    """
    vouched = "grant" in section and section.text("grant") == "enterprise"
    if not ("auth" in section and section.text("auth") == "oauth") and not vouched:
        if "oauth" in section:
            section.wrong("oauth", 'is only for auth = "oauth" or grant = "enterprise"')
        return None
    table = section.section("oauth")
    found = Registration(
        method=table.choice("method", _Method, _Method.CODE).value,
        issuer=table.url("issuer"),
        client_id=table.text("client_id"),
        client_metadata_url=table.url("client_metadata_url"),
        secret_file=_file(table, "client_secret_file"),
        key_file=_file(table, "private_key_file"),
        key_algorithm=table.choice("private_key_algorithm", _Algorithm, _Algorithm.ES256).value,
    )
    _check(table, found)
    if vouched:
        for key in ("method", "client_metadata_url", "private_key_file"):
            if key in table:
                table.wrong(key, 'is not for grant = "enterprise", where your company vouches')
    return found


def _check(table: Section, found: Registration) -> None:
    secret = "client_secret_file" if found.secret_file else "private_key_file"
    if found.secret_file and found.key_file:
        table.wrong("private_key_file", "excludes client_secret_file: a client has one of the two")
    if (found.secret_file or found.key_file) and not found.client_id:
        table.wrong(secret, "needs the client_id that it belongs to")
    if (found.secret_file or found.key_file) and not found.issuer:
        table.wrong(secret, "needs the issuer that it belongs to: it is sent to no other")
    if not (found.needs_a_person or found.secret_file or found.key_file):
        message = 'is missing, or private_key_file, for method = "client-credentials"'
        table.wrong("client_secret_file", message)
    if "private_key_algorithm" in table and not found.key_file:
        table.wrong("private_key_algorithm", "is only for a private_key_file")
    if found.key_file and found.needs_a_person:
        table.wrong("private_key_file", 'is only for method = "client-credentials"')
    metadata = urlsplit(found.client_metadata_url)
    if found.client_metadata_url and (metadata.scheme != "https" or metadata.path in {"", "/"}):
        message = "must be the https address of a document, with a path"
        table.wrong("client_metadata_url", message)


def _file(table: Section, key: str) -> str:
    """A file's whole path; a relative one starts beside the file that names it."""
    told = table.text(key)
    if not told:
        return ""
    file = Path(table.problems.file).absolute().parent / Path(told).expanduser()
    if not file.is_file():
        table.wrong(key, "names no file")
    return str(file)
