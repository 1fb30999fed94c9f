"""What the company registered for Portico at its issuer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auth.fault import Fault, Who

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class GrantNotConfigured(Fault):
    """A token was asked for that the company's configuration does not provide for.

    It is refused here because some issuers spend the refresh token before they look at what is
    asked for: one mistyped audience would cost the person a new sign-in.
    """

    reference = "grant-not-configured"
    who = Who.COMPANY
    remedy = "Ask your platform team to add it to Portico's configuration."


@dataclass(frozen=True, slots=True)
class Client:
    """One public client at one issuer.

    Attributes:
        issuer: The OIDC issuer URL, exactly as its discovery document says it.
        client_id: The client's id.
        scopes: What a sign-in asks for; `openid` is always among them.
        groups_claim: The claim of the ID token that holds the business groups.
        audiences: RFC 8707 resources, in the order the company wrote them.
    """

    issuer: str
    client_id: str
    scopes: tuple[str, ...]
    groups_claim: str
    audiences: tuple[str, ...]

    @classmethod
    def registered(
        cls,
        *,
        issuer: str,
        client_id: str,
        scopes: Sequence[str],
        groups_claim: str,
        audiences: Collection[str],
    ) -> Client:
        """The client of a configuration, with `openid` first and nothing twice."""
        return cls(
            issuer=issuer,
            client_id=client_id,
            scopes=tuple(dict.fromkeys(("openid", *scopes))),
            groups_claim=groups_claim,
            audiences=tuple(dict.fromkeys(audiences)),
        )

    def key(self, audience: str, scopes: Sequence[str] = ()) -> str:
        """The name under which one kind of token is kept: the audience, then its scopes.

        Raises:
            GrantNotConfigured: The audience or a scope is not part of the registration.
        """
        if audience not in self.audiences:
            msg = f"Portico is not configured to ask for tokens for {audience!r}."
            raise GrantNotConfigured(msg)
        missing = sorted(set(scopes).difference(self.scopes))
        if missing:
            msg = f"Portico is not configured to ask for the scope {missing[0]!r}."
            raise GrantNotConfigured(msg)
        return " ".join((audience, *sorted(set(scopes))))
