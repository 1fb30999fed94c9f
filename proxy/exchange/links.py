"""URIs of resources inside a server's answer, named as the lists name them. Pure.

A link leads its reader to `resources/read`. Between many servers its URI has to lead back to the
one that gave it, so it is renamed exactly where a listed URI would be; all else stays as it came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proxy.exchange.addressed import CALL, READ, TASKS

if TYPE_CHECKING:
    from collections.abc import Callable

    Name = Callable[[str], str]


def renamed(method: str, envelope: dict[str, Any], name: Name) -> dict[str, Any]:
    """An answer with the URIs of its links and embedded resources renamed.

    Args:
        method: What was asked.
        envelope: The answer; it is not changed, and is returned itself where nothing is renamed.
        name: Gives the public URI for a server's own.
    """
    result = envelope.get("result")
    if not isinstance(result, dict):
        return envelope
    if method == CALL:
        after = _within(result, "content", lambda block: _block(block, name))
    elif method == READ:
        after = _within(result, "contents", lambda part: _one(part, name))
    elif method == "prompts/get":
        after = _within(result, "messages", lambda message: _message(message, name))
    elif method.startswith(TASKS):
        inner = result.get("result")
        done = renamed(CALL, {"result": inner}, name)["result"]
        after = result if done is inner else {**result, "result": done}
    else:
        return envelope
    return envelope if after is result else {**envelope, "result": after}


def _within(holder: dict[str, Any], key: str, rename: Callable[[Any], Any]) -> dict[str, Any]:
    """`holder` with each entry of a list renamed; itself where none is."""
    entries = holder.get(key)
    if not isinstance(entries, list):
        return holder
    after = [rename(entry) for entry in entries]
    changed = any(new is not old for new, old in zip(after, entries, strict=True))
    return {**holder, key: after} if changed else holder


def _message(message: Any, name: Name) -> Any:  # noqa: ANN401 - any JSON may stand there.
    if not isinstance(message, dict):
        return message
    content = message.get("content")
    after = _block(content, name)
    return message if after is content else {**message, "content": after}


def _block(block: Any, name: Name) -> Any:  # noqa: ANN401 - any JSON may stand there.
    if not isinstance(block, dict):
        return block
    kind = block.get("type")
    if kind == "resource_link":
        return _one(block, name)
    if kind != "resource":
        return block
    inner = block.get("resource")
    after = _one(inner, name)
    return block if after is inner else {**block, "resource": after}


def _one(holder: Any, name: Name) -> Any:  # noqa: ANN401 - any JSON may stand there.
    """What has a URI, under its public one."""
    uri = holder.get("uri") if isinstance(holder, dict) else None
    if not isinstance(uri, str):
        return holder
    public = name(uri)
    return holder if public == uri else {**holder, "uri": public}
