"""What people can change about a sandbox that runs: who is at the browser, and the story's turn.

The running sandbox has one more address on loopback for it. Any program, and any web page, can
knock there, so each word comes with a secret that lies in the sandbox's private folder.
"""

from __future__ import annotations

import hmac
import json
import secrets
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

_PATIENCE = 30.0
_HEADER = "x-sandbox-secret"


class Levers:
    """The words that a running sandbox obeys.

    Args:
        words: Each word, and what it does with its value; it returns what has happened.

    Attributes:
        secret: Comes with each word.
    """

    def __init__(self, words: Mapping[str, Callable[[str], str]]) -> None:
        self.secret = secrets.token_urlsafe(24)
        self._words = words

    def application(self) -> ASGIApp:
        """Answers `POST /WORD` with what has happened."""
        # Starlette is slow to import, and whoever only says a word has no need of it.
        from starlette.applications import Starlette
        from starlette.routing import Route

        return Starlette(routes=[Route("/{word}", self._answer, methods=["POST"])])

    async def _answer(self, request: Request) -> Response:
        from starlette.responses import PlainTextResponse

        given = request.headers.get(_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return PlainTextResponse("This is for the sandbox's own people.", 403)
        work = self._words.get(request.path_params["word"])
        if work is None:
            return PlainTextResponse("There is no such word.", 404)
        return PlainTextResponse(work(request.query_params.get("value", "")))


def describe(url: str, secret: str) -> str:
    """What a file holds by which the levers are found."""
    return json.dumps({"url": url, "secret": secret}) + "\n"


def pull(file: Path, word: str, value: str = "") -> str:
    """Say a word to the sandbox whose levers `file` describes; what has happened.

    Raises:
        OSError: It does not answer, or not to us.
    """
    found = json.loads(file.read_text(encoding="utf-8"))
    place = urlsplit(found["url"])
    connection = HTTPConnection(str(place.hostname), place.port, timeout=_PATIENCE)
    try:
        connection.request(
            "POST", f"/{word}?{urlencode({'value': value})}", headers={_HEADER: found["secret"]}
        )
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    if answer.status != 200:  # noqa: PLR2004 - the number is its name.
        raise OSError(text)
    return text
