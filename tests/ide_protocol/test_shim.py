"""The shim between an editor and its hub, when one of the two is gone."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from ide_protocol.door import shim

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
