"""What a company says: `[company]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from proxy.configuration.vocabulary.key import Key, Shape, keys
from proxy.configuration.vocabulary.words import RISKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.vocabulary.key import Keys

KINDS: Final[Mapping[str, Keys]] = {
    "company": keys(
        Key("name", Shape.TEXT, "the host of `issuer`", "What people call the company."),
        Key("issuer", Shape.URL, "required", "The OIDC issuer where the user signs in."),
        Key("client_id", Shape.TEXT, "required", "Portico's public client at that issuer."),
        Key(
            "scopes",
            Shape.TEXTS,
            '`["openid", "profile", "groups", "offline_access"]`',
            "Asked for at sign-in; `openid` must be among them.",
        ),
        Key(
            "groups_claim",
            Shape.TEXT,
            '`"groups"`',
            "The claim of the ID token that holds the user's groups.",
        ),
        Key(
            "redirect_port",
            Shape.WHOLE,
            "any free port",
            "The port of `http://127.0.0.1:PORT/callback`, for an issuer that wants the registered "
            "address to the letter instead of any port (RFC 8252).",
            most=65535,
        ),
        Key("registry", Shape.URL, "none", "Base URL of the MCP registry, before `/v0.1`."),
        Key(
            "registry_audience",
            Shape.TEXT,
            "none: the registry is read without a token",
            "Audience of the registry's token. The registry's origin must then be one of "
            "`token_origins`.",
        ),
        Key("audience", Shape.TEXT, "none", "Audience of servers that name none of their own."),
        Key(
            "audiences",
            Shape.TEXTS,
            "`[]`",
            "Further audiences that entries of the registry may name. By refresh a token is asked "
            "for no others, because asking some issuers for an unknown one ends the sign-in.",
        ),
        Key(
            "audience_by",
            Shape.CHOICE,
            '`"resource"`',
            "How the issuer is told an audience: as a `resource` (RFC 8707), as a `scope` that is "
            "the audience (such as `api://…/.default`), or in a `parameter` of its own. See "
            "[sign-in.md](sign-in.md#how-an-issuer-is-told-an-audience).",
            words=("resource", "scope", "parameter"),
        ),
        Key("audience_parameter", Shape.TEXT, '`"audience"`', "The name of that parameter."),
        Key(
            "scope_audiences",
            Shape.TEXTS,
            "`[]`",
            "Further audiences that are told as a scope, whatever `audience_by` says.",
        ),
        Key(
            "parameter_audiences",
            Shape.TEXTS,
            "`[]`",
            "Further audiences that are told in the parameter, whatever `audience_by` says.",
        ),
        Key(
            "exchange_subject",
            Shape.CHOICE,
            '`"access-token"`',
            "What is shown to the issuer where a token is exchanged (RFC 8693): the access token "
            "of `audience`, or the ID token.",
            words=("access-token", "id-token"),
        ),
        Key(
            "governance_key",
            Shape.TEXT,
            "required with `registry`",
            'The key of the [governance block](registry.md) in each entry. `""` says that '
            "this registry has none.",
        ),
        Key(
            "token_origins",
            Shape.TEXTS,
            "`[]`",
            "The only origins that ever receive a token of the user, apart from the issuer's "
            "own endpoints.",
        ),
        Key(
            "unreviewed",
            Shape.FLAG,
            "`true`",
            "Whether servers that only the user wrote down are offered.",
        ),
        Key(
            "servers",
            Shape.TABLES,
            "none",
            "See `[company.servers.NAME]`.",
            table="company.servers.NAME",
        ),
    ),
    "company.servers.NAME": keys(
        Key(
            "default_risk",
            Shape.CHOICE,
            '`"unknown"`',
            "The risk of every tool: `read`, `sensitive-read`, `write`, `destructive` or "
            "`unknown`.",
            words=RISKS,
        ),
        Key(
            "trust_read_hint",
            Shape.FLAG,
            "`false`",
            "Whether the server's own `readOnlyHint` may make a tool a read.",
        ),
    ),
}
