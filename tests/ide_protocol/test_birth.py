"""How a shim finds a hub, and whom it does not take for one."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ide_protocol.door import birth
from proxy.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose run folder lies in the test's own."""
    found = Home(str(tmp_path), own=True)
    found.run = str(tmp_path / "run")
    return found


def test_whoever_listens_in_a_folder_that_others_may_enter_is_no_hub(home: Home) -> None:
    """No hello is sent into a run folder that is not private, even where somebody listens."""
    Path(home.run).mkdir()
    Path(home.run).chmod(0o777)
    with socket.socket(socket.AF_UNIX) as impostor:
        impostor.bind(home.socket)
        impostor.listen()
        impostor.settimeout(0)
        for start in (True, False):
            with pytest.raises(PermissionError, match="not a private folder"):
                birth.connect(home, b"{}\n", start=start)
        with pytest.raises(BlockingIOError):
            impostor.accept()


def test_nobody_is_found_where_there_is_no_folder(home: Home) -> None:
    """Looking for a hub makes no folder."""
    assert birth.find(home) is None
    assert not Path(home.run).exists()


def test_sweeping_leaves_a_living_hub_alone(home: Home) -> None:
    """Only a folder in which nobody listens is removed."""
    home.make_run()
    for name in (home.lock, home.birth):
        Path(name).touch()
    with socket.socket(socket.AF_UNIX) as living:
        living.bind(home.socket)
        living.listen()
        birth.sweep(home)
        assert Path(home.socket).exists()
    birth.sweep(home)
    assert not Path(home.run).exists()
