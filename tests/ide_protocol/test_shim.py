"""The shim between an editor and its hub, when one of the two is gone."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from ide_protocol.door import hello, shim

if TYPE_CHECKING:
    import pytest


def test_a_client_that_reads_no_more_is_not_a_hub_that_went_away(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is wrong with the hub then, so nothing says so."""
    near, hub = socket.socketpair()
    source, editor = os.pipe()
    reader, sink = os.pipe()
    os.close(reader)
    with near, hub:
        hub.sendall(b'{"method": "notifications/progress"}\n')
        assert shim.copy(near, source=source, sink=sink) == 0
        os.close(editor)
    assert capsys.readouterr().err == ""
    os.close(sink)


def test_a_hub_without_a_farewell_is_no_silence(capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code and a sentence say that it went away."""
    near, hub = socket.socketpair()
    source, editor = os.pipe()
    with near:
        hub.close()
        assert shim.copy(near, source=source) == shim.VANISHED
        os.close(editor)
    assert "the hub went away" in capsys.readouterr().err


def test_an_extension_names_the_project_without_changing_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An absolute folder in the environment counts, and what the person says beats it."""
    greetings: list[bytes] = []

    def served(greeting: bytes, *, alone: bool) -> int:
        del alone
        greetings.append(greeting)
        return 0

    monkeypatch.setattr(shim, "_served", served)
    for told, arguments in (("/srv/a", []), ("a", []), ("/srv/a", ["--workspace", "/srv/b"])):
        monkeypatch.setenv("PORTICO_WORKSPACE", told)
        assert shim.run("mcp", arguments) == 0
    found = [hello.read(greeting)["workspace"] for greeting in greetings]
    assert found == ["/srv/a", None, "/srv/b"]
