"""What somebody says of a server of their own, and which servers their windows show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from proxy.configuration.vocabulary.key import Key, Shape, keys
from proxy.configuration.vocabulary.words import CONFIRMS, RISKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proxy.configuration.vocabulary.key import Keys

KINDS: Final[Mapping[str, Keys]] = {
    "servers.NAME": keys(
        Key(
            "url",
            Shape.URL,
            "required without `command`",
            "Its Streamable HTTP endpoint, `https://` (or `http://` on this machine).",
        ),
        Key(
            "command",
            Shape.TEXTS,
            "none",
            "In place of `url`, for experiments: a program on this machine and its "
            "arguments, which serves MCP on its standard input and output. See [Local "
            "servers](#local-servers).",
        ),
        Key(
            "env",
            Shape.ENVIRONMENT,
            "nothing",
            "Variables that it finds beside `PATH`, `HOME` and `LANG`; only with `command`. "
            "A secret is `keyring:NAME`.",
        ),
        Key(
            "cwd",
            Shape.TEXT,
            "your home",
            "The folder where it runs; a relative path starts beside `portico.toml`. Only "
            "with `command`.",
        ),
        Key(
            "headers",
            Shape.HEADERS,
            "nothing",
            "Headers that are sent to it, for servers that want a key of yours; only with `url`. "
            "A secret is `keyring:NAME`, the whole value.",
        ),
        Key(
            "auth",
            Shape.CHOICE,
            '`"none"`',
            "`none` sends no token. `sso` sends yours; its origin must be one of "
            "`company.token_origins`. `oauth` signs you in at the server's own issuer, see "
            "[Servers with a sign-in of their own](#servers-with-a-sign-in-of-their-own).",
            words=("none", "sso", "oauth"),
        ),
        Key(
            "grant",
            Shape.CHOICE,
            '`"refresh"`',
            "How that token comes about: by `refresh`, by `exchange`, or by your company's word "
            "at the server's own issuer (`enterprise`). See [sign-in.md](sign-in.md).",
            words=("refresh", "exchange", "enterprise"),
        ),
        Key(
            "audience",
            Shape.TEXT,
            "`company.audience`; with `enterprise` the server's own address",
            'Audience of that token; only with `auth = "sso"`.',
        ),
        Key(
            "scopes",
            Shape.TEXTS,
            "what the audience always permits",
            'What that token should permit; only with `auth = "sso"`.',
        ),
        Key(
            "oauth",
            Shape.TABLE,
            "Portico registers itself",
            'See `[servers.NAME.oauth]`; only with `auth = "oauth"` or `grant = "enterprise"`.',
            table="servers.NAME.oauth",
        ),
        Key(
            "confirm",
            Shape.CHOICE,
            '`"risky"`',
            "When you are asked before a call: `never`, `risky` (write, destructive and "
            "unknown tools) or `always`.",
            words=CONFIRMS,
        ),
        Key(
            "risk",
            Shape.CHOICE,
            '`"unknown"`',
            "The risk of tools without a rule of their own.",
            words=RISKS,
        ),
        Key(
            "tools",
            Shape.TABLE,
            "all tools",
            "See `[servers.NAME.tools]`.",
            table="servers.NAME.tools",
        ),
        Key(
            "rules",
            Shape.TABLES,
            "none",
            "See `[servers.NAME.rules.TOOL]`.",
            table="servers.NAME.rules.TOOL",
        ),
    ),
    "servers.NAME.oauth": keys(
        Key(
            "method",
            Shape.CHOICE,
            '`"authorization-code"`',
            "`authorization-code` lets you sign in. `client-credentials` signs in as a "
            "client with a secret or a key, and nobody is asked.",
            words=("authorization-code", "client-credentials"),
        ),
        Key(
            "issuer",
            Shape.URL,
            "whichever the server names",
            "The only issuer that may be used; required with a secret or a key, which are "
            "sent to no other.",
        ),
        Key(
            "client_id",
            Shape.TEXT,
            "Portico registers itself",
            "What the issuer calls Portico, where somebody registered it.",
        ),
        Key(
            "client_metadata_url",
            Shape.URL,
            "none",
            "The `https` address of a client metadata document, which is Portico's client id "
            "at issuers that support it.",
        ),
        Key(
            "client_secret_file",
            Shape.TEXT,
            "none",
            "A file with the client's secret, which only you can read (`chmod 600`); a "
            "relative path starts beside `portico.toml`.",
        ),
        Key(
            "private_key_file",
            Shape.TEXT,
            "none",
            "In its place, a file with a private key (PEM) that signs the client in (RFC "
            '7523); only with `method = "client-credentials"`.',
        ),
        Key(
            "private_key_algorithm",
            Shape.CHOICE,
            '`"ES256"`',
            "How it signs: `ES256`, `RS256`, `PS256` or `EdDSA`.",
            words=("ES256", "RS256", "PS256", "EdDSA"),
        ),
    ),
    "servers.NAME.tools": keys(
        Key(
            "allow", Shape.TEXTS, "`[]`: all of them", "Names or globs of the only tools to offer."
        ),
        Key("deny", Shape.TEXTS, "`[]`", "Names or globs never offered; this wins over `allow`."),
    ),
    "servers.NAME.rules.TOOL": keys(
        Key("risk", Shape.CHOICE, "the server's", "The risk of this tool.", words=RISKS),
        Key(
            "confirm",
            Shape.CHOICE,
            "the server's",
            "When you are asked before this tool is called.",
            words=CONFIRMS,
        ),
    ),
    "profiles.NAME": keys(
        Key("servers", Shape.TEXTS, "required", "Short names of the servers that are shown."),
        Key(
            "workspaces",
            Shape.TEXTS,
            "required",
            "Folders, or globs of folders (`*` also crosses `/`); what is inside them counts "
            "too. `~` is your home.",
        ),
    ),
}
