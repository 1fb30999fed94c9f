"""The secret of the loopback front."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ide_protocol.http import secret_file
from proxy.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(str(tmp_path), own=True)


def test_a_secret_is_made_once_and_for_its_owner_alone(home: Home) -> None:
    """Clients are configured with it, so the next start must not change it."""
    secret = secret_file.obtain(home)
    assert secret_file.obtain(home) == secret
    assert len(secret.reveal()) >= 43
    assert stat.S_IMODE(os.stat(secret_file.path(home)).st_mode) == 0o600  # noqa: PTH116


@pytest.mark.parametrize("trouble", ["readable", "short", "link", "folder"])
def test_a_secret_that_others_may_know_is_not_used(home: Home, trouble: str) -> None:
    """Nor one that is none."""
    secret_file.obtain(home)
    file = Path(secret_file.path(home))
    if trouble == "readable":
        file.chmod(0o640)
    elif trouble == "short":
        file.write_text("abc", encoding="ascii")
    else:
        file.rename(file.with_name("elsewhere"))
        if trouble == "link":
            file.symlink_to(file.with_name("elsewhere"))
        else:
            file.mkdir(mode=0o700)
    with pytest.raises(secret_file.SecretFileUnsafe):
        secret_file.obtain(home)
