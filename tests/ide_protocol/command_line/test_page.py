"""Opening pages: which, with what, and what the person is told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from ide_protocol.command_line import page
from ide_protocol.own import contract

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tests.ide_protocol.command_line.conftest import FakeHub, Wire

URL = "https://sso.corp.example/authorize?a=1&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fcallback"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:///no-host",
        "-https://looks-like-a-flag.example",
        "https://two words.example",
        "https://\x1b[2J.example",
        "https://bücher.example",
        "https://[broken",
        "",
    ],
)
def test_only_web_pages_are_opened(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything but a plain http or https address is refused, and never shown as a link."""
    assert page.show(url) is False
    assert "not one" in capsys.readouterr().err


def test_the_browser_gets_the_address_as_one_word(
    hub: FakeHub, start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    """BROWSER is honoured without a shell, and the address is printed in any case."""
    written = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        f"pathlib.Path({str(written)!r}).write_text('|'.join(sys.argv[1:]))\n",
        encoding="utf-8",
    )
    browser.chmod(0o700)
    said: list[Any] = []

    def sign_in(wire: Wire, request: dict[str, Any]) -> None:
        wire.send(id="page-1", method=contract.OPEN_PAGE, params={"url": URL + ";touch%20x"})
        said.append(wire.receive())
        user = {"name": "alice", "issuer": "https://sso", "storage": "memory", "groups": []}
        wire.send(id=request["id"], result={"user": user})

    hub.answers[contract.SIGN_IN] = sign_in
    out, err = start("login", BROWSER=str(browser)).communicate()
    assert said[0]["result"] == {"success": True}
    assert written.read_text(encoding="utf-8") == URL + ";touch%20x"
    assert URL in err
    assert "ends with the hub" in out


def test_whose_page_it_is_stands_above_its_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server's own sign-in says so before anything opens, and nothing in it moves the cursor."""
    monkeypatch.setattr(page, "_has_browser", lambda: False)
    page.show(URL, "Sign in to Weather\x1b[2J, run by Team Sky.")
    shown = capsys.readouterr().err
    assert shown.startswith("Sign in to Weather")
    assert "\x1b" not in shown
    assert shown.index("Team Sky") < shown.index(URL)


def test_without_a_browser_or_a_terminal_nobody_saw_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The hub is told the truth when neither a browser nor a terminal can show the page."""
    monkeypatch.setattr(page, "_has_browser", lambda: False)
    monkeypatch.setattr("os.isatty", lambda _: False)
    assert page.show(URL) is False
    assert f"Open this page yourself:\n\n  {URL}\n" in capsys.readouterr().err


def test_over_ssh_the_way_back_is_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The browser is on the other side of SSH, so the port of the way back is named."""
    monkeypatch.setattr(page, "_has_browser", lambda: False)
    monkeypatch.setenv("SSH_CONNECTION", "1 2 3 4")
    page.show(URL)
    assert "ssh -N -L 4711:127.0.0.1:4711" in capsys.readouterr().err
