"""What the company registered for Portico at its issuer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from auth.fault import Fault, Who

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from auth.terms import Terms

By = Literal["resource", "scope", "parameter"]
"""How an issuer is told an audience: as an RFC 8707 resource, as a scope that is the audience (such
as `api://…/.default`), or in a parameter of its own invention."""

Subject = Literal["access-token", "id-token"]
"""What is shown to the issuer where a token is exchanged (RFC 8693)."""

Parameters = list[tuple[str, str]]

_FOR_PEOPLE = ("openid", "offline_access")


class GrantNotConfigured(Fault):
    """A token was asked for that the company's configuration does not provide for.

    It is refused here because some issuers spend the refresh token before they look at what is
    asked for: one mistyped audience would cost the person a new sign-in.
    """

    reference = "grant-not-configured"
    who = Who.COMPANY
    remedy = "Ask your platform team to add it to Portico's configuration."


@dataclass(frozen=True, slots=True)
class Naming:
    """How one issuer is told audiences.

    Attributes:
        by: The way for all that are not among the following.
        parameter: The name of the parameter where it is one.
        scopes: Audiences that are told as a scope.
        parameters: Audiences that are told in the parameter.
    """

    by: By = "resource"
    parameter: str = "audience"
    scopes: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()

    def of(self, audience: str) -> By:
        """How `audience` is told."""
        if audience in self.scopes:
            return "scope"
        return "parameter" if audience in self.parameters else self.by


@dataclass(frozen=True, slots=True)
class Client:
    """One public client at one issuer.

    Attributes:
        issuer: The OIDC issuer URL, exactly as its discovery document says it.
        client_id: The client's id.
        scopes: What a sign-in asks for; `openid` is always among them.
        groups_claim: The claim of the ID token that holds the business groups.
        audiences: For whom a refresh may bring tokens, in the order the company wrote them.
        naming: How the issuer is told them.
        redirect_port: The one port of loopback that the issuer sends browsers back to; 0: any.
        subject: What is exchanged where a token is exchanged (RFC 8693): the access token of the
            first audience, or the ID token.
        origins: Where else than to the issuer something of the sign-in may be sent.
    """

    issuer: str
    client_id: str
    scopes: tuple[str, ...]
    groups_claim: str
    audiences: tuple[str, ...]
    naming: Naming = field(default_factory=Naming)
    redirect_port: int = 0
    subject: Subject = "access-token"
    origins: frozenset[str] = frozenset()

    @classmethod
    def registered(
        cls,
        *,
        issuer: str,
        client_id: str,
        scopes: Sequence[str],
        groups_claim: str,
        audiences: Collection[str],
        naming: Naming | None = None,
        redirect_port: int = 0,
        subject: Subject = "access-token",
        origins: Collection[str] = (),
    ) -> Client:
        """The client of a configuration, with `openid` first and nothing twice."""
        return cls(
            issuer=issuer,
            client_id=client_id,
            scopes=tuple(dict.fromkeys(("openid", *scopes))),
            groups_claim=groups_claim,
            audiences=tuple(dict.fromkeys(audiences)),
            naming=naming or Naming(),
            redirect_port=redirect_port,
            subject=subject,
            origins=frozenset(origins),
        )

    def check(self, terms: Terms) -> None:
        """Refuse what the company did not provide for, before the issuer is asked for it.

        What a refresh may ask for, the configuration says: an unknown audience can end the sign-in.
        Other ways spend nothing, so that there the registry's word is enough.

        Raises:
            GrantNotConfigured: The audience or a scope is not part of the registration.
        """
        if terms.way != "refresh":
            return
        if terms.audience not in self.audiences:
            msg = f"Portico is not configured to ask for tokens for {terms.audience!r}."
            raise GrantNotConfigured(msg)
        missing = sorted(set(terms.scopes).difference(self.scopes))
        if missing:
            msg = f"Portico is not configured to ask for the scope {missing[0]!r}."
            raise GrantNotConfigured(msg)

    def asking(self, audience: str, scopes: Sequence[str] = ()) -> Parameters:
        """The parameters that ask the token endpoint for a token of `audience` with `scopes`."""
        by = self.naming.of(audience)
        if by == "scope":
            # Without these a refresh would bring neither news of the person nor its successor.
            kept = [scope for scope in _FOR_PEOPLE if scope in self.scopes]
            return [("scope", " ".join((*kept, audience, *scopes)))]
        found = [("resource" if by == "resource" else self.naming.parameter, audience)]
        return [*found, ("scope", " ".join(scopes))] if scopes else found

    def sign_in_parameters(self) -> Parameters:
        """The scopes and audiences that the sign-in page is asked for.

        Resources are named all at once (RFC 8707 §2.1). Of the other two kinds issuers take one at
        a time, so the first audience stands for all; a refresh names each of them.
        """
        resources = [a for a in self.audiences if self.naming.of(a) == "resource"]
        scopes, found = list(self.scopes), [("resource", audience) for audience in resources]
        for audience in self.audiences[:1]:
            by = self.naming.of(audience)
            if by == "scope":
                scopes.append(audience)
            elif by == "parameter":
                found.append((self.naming.parameter, audience))
        return [("scope", " ".join(scopes)), *found]
