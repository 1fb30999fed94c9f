"""JSON as it stands on the wire: one message, strictly read and always writable.

Payloads stay plain dicts from end to end, so what is read here is what is written there. Three
traps of the standard parser are closed: numbers that JSON does not have (`NaN`, `1e400`), nesting
that exhausts the stack, and lone surrogates that no UTF-8 text can carry.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

LINE_LIMIT = 4 * 1024 * 1024
"""Bytes one message of an editor or AI client may have; gateways commonly stop at the same size."""

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603


class NotJson(ValueError):  # noqa: N818 - it names what the bytes are.
    """The bytes are not one JSON value; the text says why."""


def _refuse(word: str) -> NoReturn:
    msg = f"{word} is not a JSON number"
    raise NotJson(msg)


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0.0:  # true for the infinities alone: float() never makes NaN of digits
        msg = f"{text[:20]} is beyond the numbers JSON can exchange"
        raise NotJson(msg)
    return number


_decoder = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_encode_ascii = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def decode(data: bytes | bytearray) -> Any:  # noqa: ANN401 - any JSON value may arrive.
    """Read one JSON value from UTF-8 bytes.

    Raises:
        NotJson: It is not JSON, not UTF-8, nested too deeply, or holds a number JSON has not.
    """
    try:
        return _decoder.decode(data.decode("utf-8"))
    except NotJson:
        raise
    except RecursionError:
        msg = "nested too deeply"
        raise NotJson(msg) from None
    except UnicodeDecodeError:
        msg = "not UTF-8 text"
        raise NotJson(msg) from None
    except json.JSONDecodeError as wrong:
        raise NotJson(wrong.msg) from None  # The parser's text quotes nothing of the document.
    except ValueError:
        msg = "a whole number has too many digits"
        raise NotJson(msg) from None


def encode(value: Any) -> bytes:  # noqa: ANN401 - any JSON value may leave.
    """Write one JSON value as UTF-8 bytes without a line break."""
    text = _encode(value)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        # A lone surrogate: legal in JSON as an escape, impossible in UTF-8.
        return _encode_ascii(value).encode("ascii")


def result(identifier: int | str, value: dict[str, Any]) -> dict[str, Any]:
    """A JSON-RPC response that carries a result."""
    return {"jsonrpc": "2.0", "id": identifier, "result": value}


def error(
    identifier: int | str | None, code: int, message: str, data: object = None
) -> dict[str, Any]:
    """A JSON-RPC response that carries an error; `identifier` is None when it was unreadable."""
    body: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        body["data"] = data
    return {"jsonrpc": "2.0", "id": identifier, "error": body}
