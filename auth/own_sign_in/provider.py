"""The MCP SDK's provider for one run: made from what is kept, and read back into it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from mcp.client.auth import OAuthClientProvider
from mcp.client.auth.extensions.client_credentials import (
    ClientCredentialsOAuthProvider,
    PrivateKeyJWTOAuthProvider,
    SignedJWTParameters,
)
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthMetadata,
    OAuthToken,
    ProtectedResourceMetadata,
)
from pydantic import AnyUrl, BaseModel, ValidationError

from auth.own_sign_in.holding import Holding, until
from auth.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from auth.own_sign_in.registration import Registration, Server

_ANYWHERE = "http://127.0.0.1/callback"
"""Stands for the address at which the browser comes back in runs that show no page."""

_Model = TypeVar("_Model", bound=BaseModel)


class Storage:
    """The SDK's storage for one run; the `Holding` outlives it.

    Attributes:
        client: What the issuer knows Portico as, if it does.
        usable_until: Of the token that was received in this run, if one was.
    """

    def __init__(self, holding: Holding, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.client: OAuthClientInformationFull | None = None
        self.usable_until = holding.usable_until
        self._tokens: OAuthToken | None = None
        if holding.access is not None:
            self._tokens = OAuthToken(
                access_token=holding.access.reveal(),
                refresh_token=holding.refresh.reveal() if holding.refresh else None,
                scope=holding.scope or None,
            )

    async def get_tokens(self) -> OAuthToken | None:
        """See `mcp.client.auth.TokenStorage`."""
        return self._tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """See `mcp.client.auth.TokenStorage`."""
        self._tokens = tokens
        self.usable_until = until(tokens.expires_in, self._clock())

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        """See `mcp.client.auth.TokenStorage`."""
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """See `mcp.client.auth.TokenStorage`."""
        self.client = client_info


def person_provider(
    server: Server,
    registration: Registration,
    storage: Storage,
    *,
    redirect_uri: str,
    shown: Callable[[str], Awaitable[None]],
    answered: Callable[[], Awaitable[AuthorizationCodeResult]],
) -> OAuthClientProvider:
    """The provider that lets a person sign in.

    Args:
        server: Where.
        registration: What somebody told Portico of its registration there.
        storage: What is known of this run.
        redirect_uri: Where the browser comes back to; empty in a run that shows no page.
        shown: Shows a page.
        answered: Gives the answer to it.
    """
    metadata = OAuthClientMetadata(
        client_name="Portico", redirect_uris=[AnyUrl(redirect_uri or _ANYWHERE)]
    )
    return OAuthClientProvider(
        server.url,
        metadata,
        storage,
        redirect_handler=shown,
        callback_handler=answered,
        client_metadata_url=registration.client_metadata_url or None,
    )


def client_provider(
    server: Server, registration: Registration, storage: Storage, secret: Secret
) -> OAuthClientProvider:
    """The provider of a client that signs in by itself, with its secret or its private key."""
    client, issuer = registration.client_id, registration.issuer
    if not registration.key_file:
        return ClientCredentialsOAuthProvider(
            server.url, storage, client, secret.reveal(), issuer=issuer
        )
    signed = SignedJWTParameters(
        issuer=client,
        subject=client,
        signing_key=secret.reveal(),
        signing_algorithm=registration.key_algorithm,
    )
    return PrivateKeyJWTOAuthProvider(
        server.url, storage, client, signed.create_assertion_provider(), issuer=issuer
    )


def known_as(
    registration: Registration, holding: Holding, redirect_uri: str, secret: Secret | None
) -> OAuthClientInformationFull | None:
    """What the issuer knows Portico as, or None where it must be told first.

    Many issuers compare the whole address at which the browser comes back, so a registration that
    Portico made itself is good for its own port alone.
    """
    if registration.client_id:
        return OAuthClientInformationFull(
            client_id=registration.client_id,
            client_secret=secret.reveal() if secret else None,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            issuer=registration.issuer or None,
        )
    client = _read(OAuthClientInformationFull, holding.client)
    if client is None:
        return None
    portable = client.client_id == registration.client_metadata_url
    named = {str(uri) for uri in client.redirect_uris or []}
    return client if portable or not redirect_uri or redirect_uri in named else None


def restore(provider: OAuthClientProvider, holding: Holding) -> None:
    """Give a provider back what was found out in earlier runs.

    Without it the SDK would take a refresh token to the server itself instead of to its issuer.
    """
    context = provider.context
    context.oauth_metadata = _read(OAuthMetadata, holding.metadata)
    context.protected_resource_metadata = _read(ProtectedResourceMetadata, holding.resource)
    context.auth_server_url = holding.issuer or None


def held(provider: OAuthClientProvider, storage: Storage) -> Holding:
    """What is to be kept of a run."""
    context = provider.context
    tokens = context.current_tokens
    known = Holding(
        client=_dumped(context.client_info),
        metadata=_dumped(context.oauth_metadata),
        resource=_dumped(context.protected_resource_metadata),
        issuer=context.auth_server_url or "",
    )
    if tokens is None:
        return known
    return replace(
        known,
        access=Secret(tokens.access_token),
        refresh=Secret(tokens.refresh_token) if tokens.refresh_token else None,
        usable_until=storage.usable_until,
        scope=tokens.scope or "",
    )


def _dumped(model: BaseModel | None) -> dict[str, object]:
    return model.model_dump(mode="json", exclude_none=True) if model is not None else {}


def _read(kind: type[_Model], content: object) -> _Model | None:
    try:
        return kind.model_validate(content) if content else None
    except ValidationError:
        return None  # kept by another release of the SDK; it is asked for again
