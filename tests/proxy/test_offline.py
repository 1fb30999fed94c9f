"""Offline: what is still reached, what is refused at once, and what would help."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from auth.network import Network, Offline, Unreachable, on_loopback
from proxy.offline import Horizon, Switch, beyond, silent
from proxy.policy.offering import Offering, ToolRule
from proxy.policy.risk import Confirm, Risk
from proxy.program import Program
from proxy.registry.fault import RegistryUnreachable
from proxy.upstream.fault import UpstreamMalformed, UpstreamUnreachable
from tests.proxy.house import text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from auth.fault import Fault
    from tests.proxy.house import House

NEAR = "http://127.0.0.1:9000/presto"
ISSUER = "https://sso.corp.example"


def reach(house: House, folder: Path, issuer: str = ISSUER) -> tuple[Switch, list[str]]:
    """Give a house a switch; what is looked at again is remembered."""
    switch, again = Switch(str(folder / "offline"), Network(), issuer), []
    house.exchanges.judging.horizon = Horizon(
        switch,
        failed=lambda server: house.catalog.state(server)[2] is not None,
        silent=lambda: silent([*house.catalog.answers(), ("registry", RegistryUnreachable(""))]),
        look_again=lambda: again.append("again"),
    )
    return switch, again


def turn(switch: Switch, *, offline: bool) -> None:
    """Say it, and have it looked at."""
    switch.turn(offline=offline)
    assert switch.look()
    assert not switch.look()


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://127.0.0.1:1/", True),
        ("http://127.9.8.7/", True),
        ("http://LOCALHOST:1/x", True),
        ("http://[::1]:1/", True),
        ("https://mcp.corp.example/", False),
        ("https://127.0.0.1.evil.example/", False),
        ("https://127.evil.example/", False),
        ("https://127.0.0.256/", False),
        ("https://127.0.0.99999999/", False),
        ("https://localhost.evil.example/", False),
        ("https://user@10.0.0.1/", False),
        ("", False),
    ],
)
def test_only_this_computer_counts_as_near(url: str, near: bool) -> None:
    """A name that only begins like an address of it is somebody else's."""
    assert on_loopback(url) is near


def test_a_program_of_the_users_own_is_near() -> None:
    """It is started here, whatever it does then."""
    offering = Offering("a", "a", "A", "https://a.example", program=Program(("a",)))
    assert not beyond(offering)


async def test_offline_opens_no_connection_beyond_this_computer(
    tmp_path: Path, dialled: Callable[[], list[str]]
) -> None:
    """Not even a name is looked up; an address here is dialled as ever."""
    network = Network(https_proxy="http://proxy.corp.example:3128")
    switch = Switch(str(tmp_path / "state" / "offline"), network, ISSUER)
    turn(switch, offline=True)
    for url in (ISSUER, "https://10.0.0.1/mcp", "https://127.0.0.1.evil.example/"):
        with pytest.raises(Offline, match="Portico is offline"):
            await network.request("GET", url)
    assert dialled() == []
    with pytest.raises(Unreachable) as refused:
        await network.request("GET", "http://127.0.0.1:1/")
    assert not isinstance(refused.value, Offline)
    assert dialled() != []
    turn(switch, offline=False)
    with pytest.raises(Unreachable) as away:
        await network.request("GET", "http://127.0.0.1:1/")
    assert not isinstance(away.value, Offline)
    await network.aclose()


async def test_a_call_beyond_this_computer_is_refused_before_anybody_is_asked(
    house: House, tmp_path: Path
) -> None:
    """At once, with what would help; and the same call goes through once Portico is back."""
    switch, _ = reach(house, tmp_path)
    turn(switch, offline=True)
    editor = house.editor()
    said = text(await house.run("presto_drop"))
    assert "Presto is beyond this computer, and Portico is offline, so nothing was sent." in said
    assert "portico --online" in said
    assert said.endswith("[offline]")
    assert (house.upstream.reached, editor.asked) == ([], [])
    turn(switch, offline=False)
    assert "result" in await house.run("presto_read")
    assert len(house.upstream.reached) == 1


async def test_offline_unlocks_nothing_that_needs_a_group(house: House, tmp_path: Path) -> None:
    """A server on this computer works; what only a group may call does not, nor a denied call."""
    switch, _ = reach(house, tmp_path)
    rules = {
        "read": ToolRule(Risk.READ, Confirm.NEVER),
        "write": ToolRule(Risk.READ, Confirm.NEVER, groups=frozenset({"data-eng"})),
        "drop": ToolRule(Risk.READ, Confirm.NEVER, groups=frozenset({"ads-eng"})),
    }
    house.offer(url=NEAR, rules=rules)
    assert "isError" not in (await house.run("presto_write"))["result"]
    turn(switch, offline=True)
    assert "isError" not in (await house.run("presto_read"))["result"]
    assert "nobody can confirm" in text(await house.run("presto_write"))
    assert "ads-eng" in text(await house.run("presto_drop"))
    house.offer(url=NEAR, rules=rules, groups=frozenset({"data-eng"}))
    assert "nobody can confirm" in text(await house.run("presto_read"))
    assert len(house.upstream.reached) == 2


async def test_groups_that_an_issuer_here_confirms_hold_offline(
    house: House, tmp_path: Path
) -> None:
    """The company in a box is all on this computer, so it works like online."""
    switch, _ = reach(house, tmp_path, issuer="http://127.0.0.1:9001")
    house.offer(url=NEAR, groups=frozenset({"data-eng"}))
    turn(switch, offline=True)
    assert "isError" not in (await house.run("presto_read"))["result"]


async def test_where_nothing_answers_a_call_says_so_at_once_and_everything_is_tried_again(
    house: House, tmp_path: Path
) -> None:
    """Nobody said a word: it follows from what failed, and ends with the first answer."""
    _, again = reach(house, tmp_path)
    house.upstream.fault = UpstreamUnreachable("presto could not be reached (ConnectError).")
    assert text(await house.run("presto_read")).endswith("[upstream-unreachable]")
    reached = len(house.upstream.reached)
    said = text(await house.run("presto_read"))
    assert "Nothing beyond this computer answers" in said
    assert said.endswith("[nothing-answers]")
    assert (len(house.upstream.reached), again) == (reached, ["again"])
    house.upstream.fault = None
    house.catalog.hurry()
    await house.catalog.relist("presto")
    assert "isError" not in (await house.run("presto_read"))["result"]


@pytest.mark.parametrize(
    ("answers", "away"),
    [
        ({}, False),
        ({"a": UpstreamUnreachable("")}, False),
        ({"a": UpstreamUnreachable(""), "the registry": RegistryUnreachable("")}, True),
        ({"a": UpstreamUnreachable(""), "the registry": None}, False),
        ({"a": UpstreamUnreachable(""), "b": UpstreamMalformed("")}, False),
        ({"a": UpstreamUnreachable(""), "b": Unreachable("")}, True),
    ],
)
def test_the_network_is_away_when_all_are_silent(
    answers: dict[str, Fault | None], *, away: bool
) -> None:
    """One silent server is its own trouble, and any answer is an answer."""
    assert silent(answers.items()) is away


def test_a_persons_word_outlives_the_hub(tmp_path: Path) -> None:
    """The next hub finds it before it reaches anybody."""
    path = str(tmp_path / "state" / "offline")
    Switch(path, Network(), "").turn(offline=True)
    network = Network()
    switch = Switch(path, network, "")
    assert switch.look()
    assert network.confined
    assert switch.since is not None
    switch.turn(offline=True)
    switch.turn(offline=False)
    switch.turn(offline=False)
    assert switch.look()
    assert not network.confined


_watching: list[list[str]] = []


def _watch(event: str, given: tuple[Any, ...]) -> None:
    if _watching and event in {"socket.connect", "socket.getaddrinfo"}:
        _watching[-1].append(f"{event} {given[1]!r}" if event == "socket.connect" else given[0])


sys.addaudithook(_watch)  # A hook cannot be taken away again, so it is told when to listen.


@pytest.fixture
def dialled() -> Any:  # noqa: ANN401 - a generator of a callable.
    """Everything that this process dials or looks up."""
    _watching.append([])
    yield lambda: _watching[-1]
    _watching.pop()
