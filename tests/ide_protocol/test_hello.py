"""The first line of a connection, and its last bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ide_protocol.door import hello, shim

if TYPE_CHECKING:
    from pathlib import Path


def test_a_hello_says_who_comes_from_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Role, wire version, folders, and of the environment only what belongs to the window."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "os.environ", {"DISPLAY": ":1", "PATH": "/evil", "PORTICO_HOME": "/x", "API_TOKEN": "s"}
    )
    line = hello.compose("mcp", workspace="/srv/\udce9\n")
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    words = hello.read(line)
    assert (words["role"], words["workspace"], words["cwd"]) == (
        "mcp",
        "/srv/\udce9\n",
        str(tmp_path),
    )
    assert words["window"] == {"DISPLAY": ":1"}
    assert words["wire"] == list(hello.WIRE)


def test_a_hello_names_the_servers_that_a_window_shall_show() -> None:
    """`only` and `bare` are said where they were asked for, and nothing is said otherwise."""
    words = hello.read(hello.compose("mcp", only=["presto", "spark"], bare=True))
    assert (words["only"], words["bare"]) == (["presto", "spark"], True)
    assert hello.read(hello.compose("mcp", tools="search"))["tools"] == "search"
    assert not {"only", "bare", "tools"} & set(hello.read(hello.compose("mcp")))


@pytest.mark.parametrize(
    ("role", "arguments", "only"),
    [
        ("mcp", ["--only", "presto,spark"], "presto,spark"),
        ("mcp", ["--only=presto", "--bare", "--workspace", "/srv"], "presto"),
        ("mcp", ["--bare"], None),
        ("mcp", ["--only=presto,spark", "--bare"], None),
        ("mcp", ["--only"], None),
        ("lsp", ["--only=presto"], None),
    ],
)
def test_a_shim_takes_the_servers_to_show(role: str, arguments: list[str], only: str) -> None:
    """An AI client may be shown a few; one alone may be bare, for two would be mixed up."""
    options = shim._options(role, arguments)
    assert (options or {}).get("only") == only


def test_a_hello_needs_no_current_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An editor may start us where the folder was deleted."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert hello.read(hello.compose("lsp"))["cwd"] is None


GARBAGE = [
    b"",
    b"\n",
    b"{",
    b"[]",
    b"7",
    b"null",
    b"\xff",
    b"GET / HTTP/1.1",
    b'{"portico":7}',
    b'{"portico":[]}',
    b'{"portico":{}}',
    b'{"portico":{"wire":[]}}',
    b'{"portico":{"wire":{}}}',
    b'{"portico":{"wire":"1.0"}}',
    b'{"portico":{"wire":["1"]}}',
    b'{"portico":{"wire":[null]}}',
    b'{"portico":{"wire":[1e400]}}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("line", GARBAGE)
def test_what_is_no_hello_is_told_apart(line: bytes) -> None:
    """Whatever somebody says on the socket, it is a `ValueError` and nothing else."""
    with pytest.raises(ValueError, match=r".+"):
        hello.read(line)


@given(st.binary(max_size=100))
def test_bytes_are_a_hello_or_not(line: bytes) -> None:
    """No other error comes out of any bytes."""
    try:
        words = hello.read(line)
    except ValueError:
        return
    assert isinstance(words["wire"][0], int)


def test_an_answer_is_read_by_the_same_reader() -> None:
    """Serving, draining and refusing are told apart."""
    assert set(hello.read(hello.answer())) == {"wire"}
    assert hello.read(hello.answer(drained=True))["drained"] is True
    assert hello.read(hello.answer(error="no"))["error"] == "no"


@given(st.dictionaries(st.text(), st.text()))
def test_a_farewell_is_never_part_of_a_message(message: dict[str, str]) -> None:
    """JSON escapes the NUL by which a farewell begins, so no text can fake an end."""
    assert hello.farewell(3) == b"\x003\n"
    assert b"\0" not in json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
