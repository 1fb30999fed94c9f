"""Nothing that is committed names a machine of somebody's, or a package registry's host."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.page import ROOT

# Written as patterns, none of which matches itself: this file is searched, too.
MACHINE = re.compile(r"(?<![\w.~}/-])/(?:root|work|home|Users)/\w[\w.-]*|\b[A-Z]:\\+Users\b")
REGISTRY = re.compile(
    r"\b(?:pypi\.(?:org|io)|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com|crates\.io"
    r"|rubygems\.org|anaconda\.org|proxy\.golang\.org|packagist\.org|repo1?\.maven\.org)\b"
    r"|\b(?:extra[-])?index[-]url\b|\bjfrog\.io\b"
)


def texts() -> list[tuple[str, str]]:
    """Path and text of every text file that is in git, or would be with the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("NOT RUN: this is not a git checkout")
    found = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        file = ROOT / name
        data = file.read_bytes() if file.is_file() else b""
        if b"\0" not in data:
            found.append((name, data.decode("utf-8", "replace")))
    return found


def test_no_machine_is_named() -> None:
    """Neither anybody's home folder nor the folder of this checkout."""
    here = {str(ROOT), str(Path.home())}
    ours = [re.escape(path) + r"(?![\w-])" for path in here if path.count("/") > 1]
    pattern = re.compile("|".join([MACHINE.pattern, *ours]))
    assert [(name, found[0]) for name, text in texts() if (found := pattern.search(text))] == []


def test_no_package_registry_is_named() -> None:
    """Where packages come from is the business of whoever installs them."""
    assert [(name, found[0]) for name, text in texts() if (found := REGISTRY.search(text))] == []
