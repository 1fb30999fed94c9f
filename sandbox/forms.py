"""What the provider reads and answers: forms, errors, and pages that nobody may keep."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.authorization import Refused

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox import login_page

UNSTORED = {"Cache-Control": "no-store"}

_LARGEST_FORM = 64 * 1024
_MOST_FIELDS = 64


def shown(page: login_page.Page, status: int = 200) -> Response:
    """A page."""
    return HTMLResponse(page.body, status, page.headers)


def refusal(no: Refused) -> Response:
    """An OAuth error (RFC 6749 5.2)."""
    status = 401 if no.error == "invalid_client" else 400
    body = {"error": no.error, "error_description": no.description}
    return JSONResponse(body, status, UNSTORED)


def fields(text: str) -> list[tuple[str, str]]:
    """The fields of a query or a form.

    Raises:
        Refused: There are too many.
    """
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as many:
        raise Refused("invalid_request", "Too many parameters.") from many


async def form(request: Request) -> list[tuple[str, str]]:
    """The fields of a urlencoded form of at most 64 KiB; another type has none."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refused("invalid_request", "Send application/x-www-form-urlencoded.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_FORM:
            raise Refused("invalid_request", "The form is too large.")
    return fields(body.decode("utf-8", "replace"))
