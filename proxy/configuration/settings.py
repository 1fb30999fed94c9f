"""What `portico.toml` can say, with its defaults. Every value here has been checked.

`docs/configuration.md` is the page of these keys; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from auth.client import Naming
from auth.network import Network
from proxy.policy.lease import MOST
from proxy.policy.risk import Confirm, Risk
from proxy.policy.rule import Policy
from proxy.trust.size import MOST_RESULT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auth.client import Subject
    from auth.own_sign_in.registration import Registration
    from auth.terms import Way
    from proxy.policy.offering import ToolRule
    from proxy.program import Program
    from proxy.setup.document import Setup

SCOPES = ("openid", "profile", "groups", "offline_access")
"""The scopes asked for at sign-in, unless `[company] scopes` says otherwise."""

USER_POLICY = Policy(lease=MOST)
"""What a user says who writes no `[policy]`: whatever the company says."""


@dataclass(frozen=True, slots=True)
class CompanyServer:
    """What the company says of a registry server whose entry has no governance block.

    Attributes:
        default_risk: The risk of every tool that nobody has classed.
        trust_read_hint: Whether the server's own `readOnlyHint` may lower that.
    """

    default_risk: Risk = Risk.UNKNOWN
    trust_read_hint: bool = False


@dataclass(frozen=True, slots=True)
class Company:
    """One company: its sign-in, its registry, and where its tokens may go.

    Attributes:
        name: What people call it.
        issuer: OIDC issuer URL.
        client_id: Portico's public client at that issuer.
        scopes: Scopes asked for at sign-in.
        groups_claim: The claim of the ID token that holds the user's groups.
        redirect_port: The one port of loopback that the issuer sends browsers back to; 0: any.
        registry: Base URL of the MCP registry (without `/v0.1`); empty when there is none.
        registry_audience: Audience of the token sent to the registry; empty sends none.
        audience: Audience of servers that name none of their own.
        audiences: Further audiences that entries of the registry may name; by refresh a token is
            asked of the issuer for no others.
        naming: How the issuer is told an audience.
        exchange_subject: What is shown to it where a token is exchanged.
        governance_key: The key of the governance block in an entry's `_meta`; empty when the
            company declares that its registry has no such block.
        token_origins: The only origins that ever receive a token of the user, apart from the
            issuer's own endpoints.
        unreviewed: Whether servers that only the user wrote down are offered.
        servers: Registry name -> what the company says of it in place of a governance block.
    """

    name: str
    issuer: str
    client_id: str
    scopes: tuple[str, ...] = SCOPES
    groups_claim: str = "groups"
    redirect_port: int = 0
    registry: str = ""
    registry_audience: str = ""
    audience: str = ""
    audiences: tuple[str, ...] = ()
    naming: Naming = field(default_factory=Naming)
    exchange_subject: Subject = "access-token"
    governance_key: str = ""
    token_origins: frozenset[str] = frozenset()
    unreviewed: bool = True
    servers: Mapping[str, CompanyServer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandWritten:
    """A server that the user wrote down, without the company's review.

    Attributes:
        name: Its short name.
        url: Its Streamable HTTP endpoint; empty for a local server.
        auth: `none` sends no token; `sso` sends one of `audience` with `scopes`, which comes about
            in the given `way`; `oauth` one of the server's own.
        confirm: When a person is asked before a call.
        risk: The risk of tools without a rule of their own.
        tools_allow: Names or globs of the only tools to offer; empty offers all.
        tools_deny: Names or globs never offered.
        rules: Tool name -> the user's rule for that tool.
        headers: What is sent to its address beside that; a secret is a reference.
        program: What is started, for a local server; it is never sent a token.
        registration: How Portico is known to the server's own issuer, where that counts.
    """

    name: str
    url: str
    auth: Literal["none", "sso", "oauth"] = "none"
    way: Way = "refresh"
    audience: str = ""
    scopes: tuple[str, ...] = ()
    confirm: Confirm = Confirm.RISKY
    risk: Risk = Risk.UNKNOWN
    tools_allow: tuple[str, ...] = ()
    tools_deny: tuple[str, ...] = ()
    rules: Mapping[str, ToolRule] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    program: Program | None = None
    registration: Registration | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """The few servers that the windows of some workspaces show.

    Attributes:
        servers: Short names.
        workspaces: Folders, or globs of folders; what is inside them counts too.
    """

    servers: tuple[str, ...]
    workspaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """How the company's network is reached; the attributes are those of `auth.network.Network`."""

    https_proxy: str | None = None
    http_proxy: str | None = None
    no_proxy: str = ""
    ca_file: str | None = None
    ca_text: str = ""

    def open(self) -> Network:
        """The network these settings describe; nothing is connected yet."""
        return Network(
            https_proxy=self.https_proxy,
            http_proxy=self.http_proxy,
            no_proxy=self.no_proxy,
            ca_file=self.ca_file,
            ca_text=self.ca_text,
        )


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything `portico.toml` says.

    Attributes:
        company: The company, or None: then nobody signs in and there is no registry.
        servers: Short name -> server written by hand.
        profiles: What windows show, by workspace; the first that fits counts.
        policy: What the user's own `[policy]` says.
        network: Proxies and roots of trust.
        idle_seconds: How long a hub without any session stays alive.
        approval_seconds: How long a question waits for a person before silence means no.
        keep_seconds: How old a record of the audit becomes.
        captures: Whether the audit keeps redacted arguments and results.
        result_bytes: How much text a call's result may have.
        unencrypted_tokens: Whether tokens may be kept in a plain file where there is no keyring.
        setup: What the company set up on this machine; None where portico.toml stands alone.
        path: The file this was read from, whether it exists or not.
    """

    company: Company | None = None
    servers: Mapping[str, HandWritten] = field(default_factory=dict)
    profiles: tuple[Profile, ...] = ()
    policy: Policy = USER_POLICY
    network: NetworkSettings = field(default_factory=NetworkSettings)
    idle_seconds: float = 900.0
    approval_seconds: float = 300.0
    keep_seconds: float = 180 * 86400.0
    captures: bool = False
    result_bytes: int = MOST_RESULT
    unencrypted_tokens: bool = False
    setup: Setup | None = None
    path: str = ""

    @property
    def audiences(self) -> tuple[str, ...]:
        """Every audience that tokens may be asked for by refresh, the company's own first."""
        named: list[str] = []
        if (company := self.company) is not None:
            named += [company.audience, company.registry_audience, *company.audiences]
            named += [*company.naming.scopes, *company.naming.parameters]
        refreshed = (server for server in self.servers.values() if server.way == "refresh")
        named += [server.audience for server in refreshed]
        return tuple(dict.fromkeys(filter(None, named)))
