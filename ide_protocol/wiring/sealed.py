"""What is kept sealed in a home: the sign-ins, the pairings, and secrets of the user's own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from proxy.approval import Pairings
from proxy.kept_secrets import KeptSecrets
from proxy.own_sign_in import OwnSignIns

if TYPE_CHECKING:
    from auth.account import Account
    from auth.network import Network
    from auth.own_sign_in.accounts import ServerAccounts
    from auth.sealed_store import SealedStore
    from proxy.configuration import Configuration
    from proxy.home import Home
    from proxy.session import Sessions


def pairings(
    configuration: Configuration, home: Home, sessions: Sessions, *, signs_in: bool
) -> Pairings:
    """The editors that were accepted; without a company none outlive the hub."""
    return Pairings(
        sessions=lambda: sessions,
        store=company_store(configuration, home, "pairings") if signs_in else None,
        clock=time.time,
    )


def account(configuration: Configuration, network: Network, home: Home) -> Account | None:
    """The company's sign-in, where there is a company."""
    company = configuration.company
    if company is None or not company.issuer:
        return None
    from auth.account import Account

    return Account(
        issuer=company.issuer,
        client_id=company.client_id,
        scopes=company.scopes,
        groups_claim=company.groups_claim,
        redirect_port=company.redirect_port,
        audiences=configuration.audiences,
        naming=company.naming,
        subject=company.exchange_subject,
        origins=company.token_origins,
        network=network,
        store=company_store(configuration, home, "sign-in"),
    )


def own_sign_ins(configuration: Configuration, network: Network, home: Home) -> OwnSignIns:
    """The sign-ins of servers that run their own OAuth."""

    def accounts() -> ServerAccounts:
        from auth.own_sign_in.accounts import ServerAccounts  # few servers have such a sign-in
        from auth.sealed_store import SealedStore

        def store(server: str, binding: str) -> SealedStore:
            path = f"{home.state}/servers/{server}"
            return SealedStore(
                path,
                service=home.keyring_service,
                binding=binding,
                key_lock=key_lock(home),
                plain=configuration.unencrypted_tokens,
            )

        return ServerAccounts(network, store)

    return OwnSignIns(accounts)


def secrets(home: Home) -> KeptSecrets:
    """The secrets of the user's own."""

    def store() -> SealedStore:
        from auth.sealed_store import SealedStore  # few people have secrets of their own

        return SealedStore(
            f"{home.state}/secrets",
            service=home.keyring_service,
            binding="secrets of the user",
            key_lock=key_lock(home),
            spent=False,
        )

    return KeptSecrets(store)


def company_store(configuration: Configuration, home: Home, name: str) -> SealedStore:
    """A sealed file of this company's, whose key the keyring keeps."""
    from auth.sealed_store import SealedStore

    company = configuration.company
    client = f"{company.issuer} {company.client_id}" if company else ""
    return SealedStore(
        f"{home.state}/{name}",
        service=home.keyring_service,
        key_lock=key_lock(home),
        plain=configuration.unencrypted_tokens,
        # What was sealed as one of them must not open as the other.
        binding=client if name == "sign-in" else f"{name} {client}",
    )


def key_lock(home: Home) -> str:
    """The one lock under which this home's key is made."""
    return f"{home.state}/vault-key.lock"
