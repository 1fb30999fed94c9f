"""Reaching a host that has several addresses."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from auth.dialing import alternating, dial

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def dead() -> Iterator[tuple[str, int]]:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    """Let every name have these addresses."""

    async def found(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)


async def test_the_next_address_is_tried_when_one_is_dead(
    monkeypatch: pytest.MonkeyPatch, dead: tuple[str, int]
) -> None:
    """A host whose first address refuses is reached by its second, without Nagle's delay."""
    with socket.create_server(("127.0.0.1", 0)) as live:
        resolve(monkeypatch, dead, live.getsockname())
        with await dial("two.example", 80) as reached:
            assert reached.getpeername() == live.getsockname()
            assert reached.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_host_without_a_living_address_is_not_reached(
    monkeypatch: pytest.MonkeyPatch, dead: tuple[str, int]
) -> None:
    """When every address refuses, so does the host."""
    resolve(monkeypatch, dead, dead)
    with pytest.raises(ConnectionRefusedError):
        await dial("none.example", 80)


def test_the_families_of_addresses_take_turns() -> None:
    """The resolver's order stands, but a family that is dead delays by one step only."""
    six, four = socket.AF_INET6, socket.AF_INET
    found = [(six, 1), (six, 2), (six, 3), (four, 4)]
    assert alternating(found) == [(six, 1), (four, 4), (six, 2), (six, 3)]
