"""The text of a Lua file with one block put in, between two comments, and all else left as it is.

Nothing of Lua is understood beyond that block: what is outside of it is never looked at.
"""

from __future__ import annotations

import re

from editors.install.edit import Edit, Unreadable

_BEGIN = "-- portico: begin; `portico uninstall neovim` takes this block away again."
_END = "-- portico: end"
_BLOCK = re.compile(
    rb"^" + re.escape(_BEGIN.encode()) + rb"\r?\n(.*?)^" + re.escape(_END.encode()) + rb"[^\n]*\n?",
    re.MULTILINE | re.DOTALL,
)
_VALUE = re.compile(r"^local (\w+) = \"(.*)\"$", re.MULTILINE)
_RUN = """\
vim.opt.runtimepath:append(plugin)
local found, portico = pcall(require, "portico")
if found then
  portico.setup({ path = program })
end
"""


def read(text: bytes) -> dict[str, object]:
    """The values of the block, under its name, and the lines of everything else.

    Raises:
        Unreadable: It is not UTF-8, or begins a block that does not end.
    """
    try:
        text.decode()
    except UnicodeDecodeError as wrong:
        raise Unreadable(1, "it is not UTF-8") from wrong
    found = _BLOCK.search(text)
    if found is None:
        if _BEGIN.encode() in text:
            line = text[: text.index(_BEGIN.encode())].count(b"\n") + 1
            raise Unreadable(line, "Portico's block does not end")
        return {"": text.splitlines()}
    others = text[: found.start()].splitlines() + text[found.end() :].splitlines()
    block = found[1].decode().replace("\r\n", "\n")
    values = {name: _unquoted(value) for name, value in _VALUE.findall(block)}
    return {"": others, "portico": values}


def put(text: bytes, keys: tuple[str, ...], value: object) -> Edit | None:
    """The cut after which the block says `value`; None where it does already.

    Raises:
        Unreadable: As `read`; or there is no such block.
    """
    said = read(text)
    if not isinstance(value, dict) or keys != ("portico",):
        raise Unreadable(1, "there is no such block")
    if said.get("portico") == value:
        return None
    lines = [f"local {name} = {_quoted(str(one))}\n" for name, one in value.items()]
    block = f"{_BEGIN}\n{''.join(lines)}{_RUN}{_END}\n".encode()
    if b"\r\n" in text:
        block = block.replace(b"\n", b"\r\n")
    found = _BLOCK.search(text)
    if found is not None:
        return Edit(found.start(), found[0], block)
    newline = b"\r\n" if b"\r\n" in text else b"\n"
    gap = b"" if not text or text.endswith(b"\n") else newline
    return Edit(len(text), b"", gap + block)


def cut(text: bytes, keys: tuple[str, ...]) -> Edit | None:
    """The cut that takes the block out; None where there is none.

    Raises:
        Unreadable: As `read`.
    """
    read(text)
    found = _BLOCK.search(text) if keys == ("portico",) else None
    return None if found is None else Edit(found.start(), found[0], b"")


def _quoted(text: str) -> str:
    r"""A Lua string: of its escapes `\\`, `\"` and `\n` are all that a path can need."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)
