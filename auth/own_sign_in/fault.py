"""What can go wrong with the sign-in of a server that runs its own."""

from __future__ import annotations

from auth.fault import Fault, Who


class ServerSignInNeeded(Fault):
    """A server that runs its own OAuth wants its own sign-in, or a permission more."""

    reference = "server-sign-in-needed"
    who = Who.PERSON
    remedy = "Run `portico login SERVER`, with the server's short name."


class ServerSignInFailed(Fault):
    """The sign-in of a server that runs its own OAuth did not succeed."""

    reference = "server-sign-in-failed"
    who = Who.PERSON
    remedy = "Run `portico login SERVER` again; if it lasts, show the server's owner this message."


class ServerIssuerUnwell(Fault):
    """The issuer of a server that runs its own OAuth did not answer, or answered with an error."""

    reference = "server-issuer-unwell"
    who = Who.NOBODY
    remedy = "Portico tries again by itself; you stay signed in."


class ClientSecretUnusable(Fault):
    """The file with a client's secret or key cannot be used."""

    reference = "client-secret-unusable"
    who = Who.PERSON
    remedy = "Name a file that exists, holds the secret, and only you can read (chmod 600)."
