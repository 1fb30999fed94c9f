"""What rules may know of a workspace, read from a repository without running git."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from proxy.policy.circumstances import NOWHERE, Context, Workspace
from proxy.workspace import look, remote, remotes

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
[core]
\trepositoryformatversion = 0
[remote "origin"]
\turl = git@git.corp.example:data/sales.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
[remote "up.stream"] ; a name with a dot
\tURL = "https://ana:secret@Git.corp.example:8443/mirror/sales.git/"
[branch "main"]
\turl = https://git.corp.example/not/a/remote
[url "https://elsewhere.example/"]
\tinsteadOf = git@git.corp.example:
"""
FOUND = frozenset({"git.corp.example/data/sales", "git.corp.example/mirror/sales"})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two remotes."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / ".git" / "config").write_text(CONFIG, encoding="utf-8")
    return tmp_path / "repo"


def test_remotes_are_read_from_the_repository_around_a_folder(repository: Path) -> None:
    """Also from a folder inside; sections that are no remotes say nothing."""
    (repository / "src" / "deep").mkdir(parents=True)
    assert remotes(repository) == FOUND
    assert remotes(repository / "src" / "deep") == FOUND
    assert remotes(repository.parent) == frozenset()


def test_a_worktree_has_the_remotes_of_its_repository(repository: Path, tmp_path: Path) -> None:
    """Its `.git` is a file that leads to a folder that leads to the repository's own."""
    inner = repository / ".git" / "worktrees" / "fix"
    inner.mkdir(parents=True)
    (inner / "commondir").write_text("../..\n", encoding="utf-8")
    (tmp_path / "fix").mkdir()
    (tmp_path / "fix" / ".git").write_text(f"gitdir: {inner}\n", encoding="utf-8")
    assert remotes(tmp_path / "fix") == FOUND


def test_a_submodule_has_its_own_remotes(repository: Path) -> None:
    """Not those of the repository around it."""
    inner = repository / ".git" / "modules" / "lib"
    inner.mkdir(parents=True)
    (inner / "config").write_text(
        '[remote "origin"]\nurl = ssh://git@git.corp.example/libs/lib.git\n', encoding="utf-8"
    )
    (repository / "lib").mkdir()
    (repository / "lib" / ".git").write_text("gitdir: ../.git/modules/lib\n", encoding="utf-8")
    assert remotes(repository / "lib") == {"git.corp.example/libs/lib"}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_what_git_itself_makes_is_read_like_that(tmp_path: Path) -> None:
    """A real repository and a real worktree of it."""

    def git(*words: str) -> None:
        plain = {
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_SYSTEM": "/dev/null",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
        }
        names = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(
            ["git", *names, *words], cwd=tmp_path, check=True, capture_output=True, env=plain
        )

    git("init", "repo")
    git("-C", "repo", "remote", "add", "origin", "https://git.corp.example/data/sales")
    git("-C", "repo", "commit", "--allow-empty", "-m", "first")
    git("-C", "repo", "worktree", "add", "../tree")
    for folder in ("repo", "tree"):
        assert remotes(tmp_path / folder) == {"git.corp.example/data/sales"}


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("git@git.corp.example:data/sales.git", "git.corp.example/data/sales"),
        ("https://git.corp.example/data/sales", "git.corp.example/data/sales"),
        ("ssh://git@git.corp.example:2222/data/sales.git", "git.corp.example/data/sales"),
        ("https://user:secret@GIT.corp.example/data/Sales.git/", "git.corp.example/data/Sales"),
        ("/srv/git/sales.git", ""),
        ("../sales", ""),
        ("file:///srv/git/sales.git", ""),
        ("https://[bad", ""),
        ("", ""),
    ],
)
def test_an_address_is_written_one_way(url: str, written: str) -> None:
    """Without user, port and `.git`; what is no address of a host is none."""
    assert remote(url) == written


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"gitdir:",
        b"gitdir: ../nowhere",
        b"\xff\xfe\x00",
        b"[remote",
        b"gitdir: " + b"a" * 9999,
    ],
)
def test_a_git_that_is_none_has_no_remotes(content: bytes, tmp_path: Path) -> None:
    """A hostile or broken repository is no reason to fail."""
    (tmp_path / ".git").write_bytes(content)
    assert remotes(tmp_path) == frozenset()


def test_a_workspace_has_its_folder_its_remotes_and_the_tags_that_fit(repository: Path) -> None:
    """Tags go by folder or by remote; `~` is the home."""
    home = str(repository.parent)
    tags = {
        "data": ("git.corp.example/data/*",),
        "home": ("~/repo",),
        "other": ("/elsewhere", "git.corp.example/ops/*"),
    }
    found = look(str(repository), home, tags)
    assert found == Workspace((str(repository), "~/repo"), FOUND, frozenset({"data", "home"}))
    assert look(None, home, tags) is NOWHERE


def test_a_folder_means_what_is_inside_it_and_not_its_namesakes() -> None:
    """`~/work` is around `~/work/x` and not around `~/workshop`."""
    inside, beside = Workspace(("/h/work/x", "~/work/x")), Workspace(("/h/workshop", "~/workshop"))
    for folders in (("~/work",), ("~/work/",), ("/h/w*k",)):
        assert Context(paths=folders).admits(inside)
    assert not Context(paths=("~/work",)).admits(beside)
    assert not Context(paths=("~/work",)).admits(NOWHERE)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("place", ["config", "gitdir", "commondir"])
def test_a_pipe_in_a_workspace_holds_up_nobody(tmp_path: Path, place: str) -> None:
    """To open one would wait for its other end, and with it everything else of the hub."""
    git = tmp_path / ".git"
    if place == "gitdir":
        os.mkfifo(git)
    elif place == "config":
        git.mkdir()
        os.mkfifo(git / "config")
    else:
        inner = tmp_path / "inner"
        inner.mkdir()
        os.mkfifo(inner / "commondir")
        git.write_text(f"gitdir: {inner}\n", encoding="utf-8")
    assert remotes(tmp_path) == frozenset()


@pytest.mark.parametrize("folder", ["/srv/a\0b", "/srv/\ud800", "x" * 5000, "/a" * 15_000])
def test_a_folder_that_cannot_be_has_no_remotes(folder: str) -> None:
    """A host can name anything as its workspace."""
    assert look(folder, "/srv/home", {}).remotes == frozenset()
