"""What the registry, the company and the user's own file mean for one user today.

Pure, and closed by default: each server is offered only when nothing speaks against it, and the
first thing that does is said in a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from proxy.address import BadAddress, endpoint, origin
from proxy.naming import short_names
from proxy.plain import plain
from proxy.policy.offering import EVERY_TOOL, Offering, Standing, ToolRule
from proxy.registry.governance import read
from proxy.registry.hand_written import because, written
from proxy.secrecy import KEYRING

if TYPE_CHECKING:
    import datetime as dt

    from proxy.configuration import Company, Configuration
    from proxy.registry.entry import Entry
    from proxy.registry.governance import Governance
    from proxy.registry.listing import Listing

SIGN_IN = "Sign in to use it."

_UNSIGNED = "the registry was read without your sign-in and did not say who may use it"


def offerings(
    configuration: Configuration,
    listing: Listing | None,
    groups: frozenset[str] | None,
    today: dt.date,
) -> dict[str, Offering]:
    """Every server that Portico knows of, as this user may meet it.

    Args:
        configuration: The company and the servers written by hand.
        listing: What the registry said, or None when there is no registry or it was never read.
        groups: The user's groups, or None for somebody who is not signed in.
        today: The day on which reviews must not have expired.

    Returns:
        short name -> offering, also for servers that are withheld, forbidden or hidden.
    """
    found: dict[str, Offering] = {}
    names: dict[str, str] = {}
    if configuration.company is not None and listing is not None:
        # A server that left keeps its short name: nobody, reviewed or not, inherits it.
        published = [(entry.name, entry.published) for entry in listing.entries]
        names = short_names([*published, *listing.departed.items()])
        read_for = _Reader(configuration, configuration.company, groups, today)
        silence = _silence(configuration.company, listing)
        for entry in listing.entries:
            if entry.status != "deleted":
                found[names[entry.name]] = read_for.offer(entry, names[entry.name], silence)
    return {**found, **written(configuration, listing, frozenset(names.values()))}


def _silence(company: Company, listing: Listing) -> str:
    """Why an entry *without* governance is withheld; empty when this registry simply has none."""
    key = company.governance_key
    if not key:
        return ""
    if any(entry.governed for entry in listing.entries):
        return f"it has no governance block ({key}), and other servers of the registry have"
    if company.registry_audience and not listing.signed:
        # Without a token many registries leave governance out, which must not look like none.
        return _UNSIGNED
    if any(entry.governed_elsewhere for entry in listing.entries):
        return f"its governance stands under another key than company.governance_key ({key})"
    return ""


@dataclass(frozen=True, slots=True)
class _Reader:
    """For whom, and on which day, entries are read."""

    configuration: Configuration
    company: Company
    groups: frozenset[str] | None
    today: dt.date

    def offer(self, entry: Entry, short: str, silence: str) -> Offering:
        """One entry, as this user may meet it."""
        if entry.governed:
            return self._governed(entry, short, read(entry.governance, entry.name, self.today))
        if silence:
            sign_in = silence == _UNSIGNED and self.groups is None
            return _refused(entry, short, silence, sign_in=sign_in)
        return self._ungoverned(entry, short)

    def _governed(self, entry: Entry, short: str, said: Governance) -> Offering:
        url, unusable = self._remote(entry, said)
        audience = said.audience
        if said.sso and not audience:
            # A server that the company vouches at is its own audience, by its own address.
            audience = url if said.way == "enterprise" else self.company.audience
        standing, reason = _standing(entry, said, said.refusal or unusable, self.groups)
        return Offering(
            server=short,
            name=entry.name,
            title=entry.title,
            url=url,
            description=_description(entry),
            owner=said.owner,
            standing=standing,
            reason=reason or _deprecation(entry),
            environment=said.environment,
            auth=_auth(said),
            way=said.way,
            audience=audience,
            scopes=said.scopes,
            groups=said.groups,
            rules=said.rules,
            context=said.context,
            pins=said.pins,
            registration=said.registration,
            # Each user has a secret of their own, under a name that nobody needs to choose.
            headers={said.header: f"{KEYRING}{short}/{said.header}"} if said.header else {},
        )

    def _ungoverned(self, entry: Entry, short: str) -> Offering:
        said = self.company.servers.get(entry.name)
        rules = {}
        if said is not None:
            source = f'portico.toml company.servers."{entry.name}"'
            rules[EVERY_TOOL] = ToolRule(risk=said.default_risk, source=source)
        url, unusable = self._remote(entry, None)
        refusal = _status_refusal(entry) or unusable
        return Offering(
            server=short,
            name=entry.name,
            title=entry.title,
            url=url,
            description=_description(entry),
            standing=Standing.WITHHELD if refusal else Standing.OFFERED,
            reason=because(refusal) or _deprecation(entry),
            audience=self.company.audience,
            rules=rules,
            trust_read_hint=said is not None and said.trust_read_hint,
        )

    def _remote(self, entry: Entry, said: Governance | None) -> tuple[str, str]:
        """The endpoint to use, or why there is none. A foreign host is told nothing of the user."""
        sso = said is None or said.sso
        mesh = said is not None and said.mesh
        bound = sso or mesh or bool(said and said.header)
        foreign = ""
        for url in entry.remotes:
            try:
                endpoint(url)
                where = origin(url)
            except BadAddress:
                continue
            if mesh and not where.startswith("https:"):
                return (
                    "",
                    "a server of the mesh is spoken to over TLS alone, and its address is not",
                )
            if not bound or where in self.company.token_origins:
                refusal = self._grant_refusal(said) if sso else ""
                return ("", refusal) if refusal else (url, "")
            foreign = foreign or where
        if foreign:
            sent = "shows no certificate" if mesh else "sends no token"
            return "", f"it is at {foreign}, to which your company {sent}"
        return "", "its entry has no Streamable HTTP address that Portico may use"

    def _grant_refusal(self, said: Governance | None) -> str:
        """Why no token may be asked for on a server's behalf."""
        if said is not None and said.way == "enterprise":
            return self._issuer_refusal(said.registration.issuer if said.registration else "")
        audience = (said.audience if said else "") or self.company.audience
        if not audience:
            return "neither its entry nor company.audience names the audience of its token"
        if audience not in self.configuration.audiences and (said is None or said.way == "refresh"):
            # Asking the issuer for an audience it does not know can end the whole sign-in.
            shown = plain(audience, 100)
            return f"its token's audience {shown} is not named by company.audiences"
        return ""

    def _issuer_refusal(self, issuer: str) -> str:
        """Why the company does not vouch for anybody at an authorization server."""
        try:
            where = origin(issuer)
        except BadAddress:
            return "it does not say which authorization server your company vouches for you at"
        if where not in self.company.token_origins:
            return f"your company vouches for nobody at {where} (company.token_origins)"
        return ""


def _auth(said: Governance) -> Literal["none", "sso", "oauth", "mesh"]:
    """What a server is sent."""
    if said.sso:
        return "sso"
    if said.mesh:
        return "mesh"
    return "oauth" if said.registration else "none"


def _standing(
    entry: Entry, said: Governance, refusal: str, groups: frozenset[str] | None
) -> tuple[Standing, str]:
    """How the user stands with a server. Hiding comes first: not even a reason may be told."""
    admitted = not said.groups or bool(said.groups & (groups or frozenset()))
    if said.hidden and not admitted:
        return Standing.HIDDEN, _lacking(said)
    refusal = _status_refusal(entry) or refusal
    if refusal:
        return Standing.WITHHELD, because(refusal)
    if not admitted and groups is None:
        return Standing.SIGN_IN, SIGN_IN
    if not admitted:
        return Standing.FORBIDDEN, _lacking(said)
    return Standing.OFFERED, ""


def _refused(entry: Entry, short: str, refusal: str, *, sign_in: bool) -> Offering:
    return Offering(
        server=short,
        name=entry.name,
        title=entry.title,
        url="",
        description=_description(entry),
        standing=Standing.SIGN_IN if sign_in else Standing.WITHHELD,
        reason=SIGN_IN if sign_in else because(refusal),
    )


def _status_refusal(entry: Entry) -> str:
    if entry.status in {"active", "deprecated"}:
        return ""
    return f"the registry gives it the status {entry.status}, which Portico does not know"


def _lacking(said: Governance) -> str:
    needed = " or ".join(plain(group, 60) for group in sorted(said.groups))
    return f"It is for the group {needed}, which you are not in."


def _deprecation(entry: Entry) -> str:
    if entry.status != "deprecated":
        return ""
    why = f": {entry.status_message.rstrip('.')}" if entry.status_message else ""
    return f"The registry calls it deprecated{why}."


def _description(entry: Entry) -> str:
    return " ".join(filter(None, (entry.description, _deprecation(entry))))
