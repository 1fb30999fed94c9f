"""What a server's own issuer knows Portico as; plain values, read by the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Method = Literal["authorization-code", "client-credentials"]


@dataclass(frozen=True, slots=True)
class Registration:
    """How Portico comes by a token of a server that runs its own OAuth.

    Without `client_id` and `client_metadata_url` it registers itself (RFC 7591).

    Attributes:
        method: `authorization-code` lets the person sign in, `client-credentials` needs nobody.
        issuer: The only issuer that a secret or key may be sent to; empty for whichever the server
            names.
        client_id: What the issuer calls Portico, where somebody registered it.
        client_metadata_url: The address that is Portico's client id at issuers that support it
            (Client ID Metadata Documents).
        secret_file: A file that only the user can read, with the client's secret.
        key_file: The same with a private key (PEM), which signs in the secret's place (RFC 7523).
        key_algorithm: How it signs.
    """

    method: Method = "authorization-code"
    issuer: str = ""
    client_id: str = ""
    client_metadata_url: str = ""
    secret_file: str = ""
    key_file: str = ""
    key_algorithm: str = "ES256"

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody must sign in before there is a token."""
        return self.method == "authorization-code"


@dataclass(frozen=True, slots=True)
class Server:
    """The server whose sign-in it is, as a person is told of it.

    Attributes:
        short: Its short name, by which it is signed in to.
        title: What people call it.
        url: Its endpoint: what a token is sealed for, and the only place where one is sent.
        team: Who runs it; empty when nobody is named.
    """

    short: str
    title: str
    url: str
    team: str = ""

    def sign_in_at(self, where: str) -> str:
        """The sentence under which a sign-in at `where` is shown."""
        by = f", run by {self.team}" if self.team else ""
        return f"Sign in to {self.title}{by}, at {where}. This is not your company's sign-in."
