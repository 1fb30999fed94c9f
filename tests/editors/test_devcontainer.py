"""The dev container feature installs the wheel that the company names, and nothing else."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

FEATURE = Path(__file__).parents[2] / "editors" / "devcontainer" / "src" / "portico"
NAME = "portico-0.0.1-py3-none-any.whl"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel of one command, as small as one can be."""
    info = "portico-0.0.1.dist-info"
    files = {
        "portico-0.0.1.data/scripts/portico": "#!/bin/sh\necho Portico 0.0.1\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: portico\nVersion: 0.0.1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = 0o100755 << 16
            archive.writestr(member, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in files))
    return path


def install(folder: Path, **options: str) -> subprocess.CompletedProcess[str]:
    """Run the feature's script with its options, as the build of an image does."""
    places = {"PORTICO_PREFIX": str(folder / "opt"), "PORTICO_BIN": str(folder)}
    plain = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable}
    return subprocess.run(
        ["sh", str(FEATURE / "install.sh")],
        env={**plain, **places, **options},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_wheel_that_is_named_is_installed(wheel: Path, tmp_path: Path) -> None:
    """With the right hash its command runs from the folder of commands."""
    right = hashlib.sha256(wheel.read_bytes()).hexdigest()
    done = install(tmp_path, WHEEL=str(wheel), SHA256=right)
    assert done.returncode == 0, done.stderr
    assert "Portico 0.0.1 is installed" in done.stdout
    assert (tmp_path / "portico").resolve() == (tmp_path / "opt/bin/portico").resolve()


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("", "is empty"),
        ("portico", "must be an https URL"),
        ("http://packages.corp.example/portico-0.1.0-py3-none-any.whl", "must be an https URL"),
        (
            "https://packages.corp.example/portico-0.1.0-py3-none-any.whl",
            'needs the option "sha256"',
        ),
        ("/nowhere/portico-0.1.0-py3-none-any.whl", "there is no file"),
    ],
)
def test_nothing_is_installed_that_nobody_named(named: str, said: str, tmp_path: Path) -> None:
    """No name of a package, no unprotected address, and no address without a hash."""
    done = install(tmp_path, WHEEL=named)
    assert done.returncode == 1
    assert said in done.stderr
    assert not (tmp_path / "opt").exists()


@pytest.mark.slow
def test_another_wheel_than_the_hash_says_is_refused(wheel: Path, tmp_path: Path) -> None:
    """What was put in its place is not installed."""
    done = install(tmp_path, WHEEL=str(wheel), SHA256="0" * 64)
    assert (done.returncode, (tmp_path / "opt").exists()) == (1, False)


def test_the_feature_has_no_default_to_install_from() -> None:
    """Whoever leaves the option out gets an error, and no registry is asked for a name."""
    said = json.loads((FEATURE / "devcontainer-feature.json").read_text(encoding="utf-8"))
    assert said["options"]["wheel"]["default"] == ""
    script = (FEATURE / "install.sh").read_text(encoding="utf-8")
    assert 'pip install --quiet --disable-pip-version-check "$file"' in script
