"""Fetching a company's set-up, and what may follow the one in force."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auth.signed_text import verify
from proxy.address import BadAddress, endpoint
from proxy.configuration.fault import ConfigurationFault
from proxy.plain import plain
from proxy.setup.document import read_setup
from proxy.setup.fault import SetupNotTheirs, SetupRefused, SetupRolledBack

if TYPE_CHECKING:
    from auth.network import Network
    from proxy.setup.document import Setup
    from proxy.setup.kept import Held

_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Offered:
    """A set-up as an address serves it, its signature checked.

    Attributes:
        setup: What it says.
        url: The address.
        key: The fingerprint of the key that signed it; whose that is, nobody knows yet.
        signed: The document.
    """

    setup: Setup
    url: str
    key: str
    signed: str


async def fetch(url: str, network: Network) -> Offered:
    """What an address serves.

    Raises:
        SetupRefused: It is no set-up.
        SignatureWrong: Its signature does not hold.
        Unreachable: Nobody answers.
    """
    host = plain(urlsplit(url).netloc, 100)
    try:
        endpoint(url)
    except BadAddress as bad:
        msg = f"The address of a set-up {bad}."
        raise SetupRefused(msg, remedy="Give the address that your company names.") from None
    answer = await network.request("GET", url, limit=_LIMIT)
    if answer.status != HTTPStatus.OK:
        msg = f"{host} answered HTTP {answer.status}, where a set-up was expected."
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
            msg = f"{host} leads elsewhere (HTTP {answer.status}), which Portico does not follow."
        raise SetupRefused(msg)
    try:
        signed = answer.body.decode("ascii").strip()
    except UnicodeDecodeError:
        msg = f"{host} serves no signed document (one line of ASCII was expected)."
        raise SetupRefused(msg) from None
    text, key = await asyncio.to_thread(verify, signed)
    try:
        setup = read_setup(text, url)
    except ConfigurationFault as wrong:
        shown = plain("; ".join(map(str, wrong.problems)), 600)
        msg = f"The set-up of {host} cannot be used: {shown}."
        raise SetupRefused(msg, data=wrong.data) from None
    return Offered(setup, url, key, signed)


def follow(held: Held, offered: Offered) -> bool:
    """Whether what an address serves now is a later set-up of the same company.

    Returns:
        False where it is the one in force.

    Raises:
        SetupNotTheirs: Another key signed it.
        SetupRolledBack: It is older, or another one of the same number.
    """
    admit(offered, held.setup.keys | {held.key}, held.setup.serial)
    if offered.signed != held.signed and offered.setup.serial == held.setup.serial:
        msg = f"The address of your company's set-up serves another number {held.setup.serial}."
        raise SetupRolledBack(msg)
    return offered.signed != held.signed


def admit(offered: Offered, keys: frozenset[str], serial: int) -> None:
    """Check that a set-up may take the place of one that these keys may follow.

    Raises:
        SetupNotTheirs: Another key signed it.
        SetupRolledBack: It is older than `serial`.
    """
    if offered.key not in keys:
        msg = (
            f"The set-up at {plain(offered.url, 100)} is signed by {offered.key}, and this machine "
            f"belongs to {', '.join(sorted(keys))}."
        )
        raise SetupNotTheirs(msg)
    if offered.setup.serial < serial:
        msg = (
            f"The address of your company's set-up serves number {offered.setup.serial}, older "
            f"than {serial}, which was accepted."
        )
        raise SetupRolledBack(msg)
