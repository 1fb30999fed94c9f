"""Everything on one screen: who, what, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ide_protocol.command_line.block import block
from ide_protocol.command_line.moment import span
from ide_protocol.command_line.report import picture
from ide_protocol.command_line.view.servers import summary
from ide_protocol.command_line.view.table import YELLOW, facts, text
from proxy.plain import plain

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from ide_protocol.own.contract import Offline, Registry, Status


def view(status: Status, now: float) -> RenderableType:
    """The status, for a person.

    Args:
        status: The hub's answer.
        now: Unix seconds.
    """
    from rich.console import Group  # rich takes 30 ms to import, which `--json` need not pay.

    hub, user = status["hub"], status["user"]
    windows = len(hub["sessions"])
    away: tuple[tuple[str, Text], ...] = ()
    if status.get("offline"):
        away = (("network", text(_offline(status["offline"], now), YELLOW)),)
    stand = (
        *away,
        (
            "signed in",
            text(f"{plain(user['name'])}, kept in {plain(user['storage'])}" if user else "nobody"),
        ),
        ("registry", text(_registry(status["registry"], now))),
        (
            "hub",
            text(
                f"version {plain(hub['version'])}, process {hub['pid']}, "
                f"up {span(now - hub['started'])}, {_count(windows, 'connection')}"
            ),
        ),
    )
    parts: list[RenderableType] = [text(block(status["summary"])), "", facts(stand)]
    if status["servers"]:
        parts += ["", summary(status["servers"])]
    if status["pending"]:
        waiting = _count(status["pending"], "question")
        verb = "waits" if status["pending"] == 1 else "wait"
        parts += ["", text(f"{waiting} {verb} for an answer: portico approvals", YELLOW)]
    for problem in status["problems"]:
        parts += ["", picture(problem)]
    return Group(*parts)


def _offline(offline: Offline | None, now: float) -> str:
    since = offline["since"] if offline else None
    if since is None:
        return "away: nothing beyond this computer answers"
    return f"offline by your word, since {span(max(now - since, 0))}: portico --online"


def _registry(registry: Registry | None, now: float) -> str:
    if registry is None:
        return "none is configured"
    fetched = registry["fetched"]
    age = "not fetched yet" if fetched is None else f"fetched {span(now - fetched)} ago"
    return f"{plain(registry['url'])}, {age}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
