"""The stand-in for a person at a browser: opens pages, signs in where asked, presses buttons.

It reads the pages as a browser would, so that the pages themselves are tested, keeps cookies as one
does, and goes nowhere but loopback: whatever asks it to open something else has lost its way.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

import httpx2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

_MOST_STEPS = 8
_PATIENCE = 90.0


class Stopped(Exception):  # noqa: N818 - the person stopped; nothing of ours broke.
    """The sign-in could not be brought to its end; the text says at which page."""


async def sign_in(url: str, user: str) -> None:
    """Open an authorization URL in a fresh browser, sign in, and follow the way back.

    Args:
        url: What the client wants opened.
        user: Sign-in name, for example `alice`; "" presses *Cancel*.

    Raises:
        Stopped: The page shows an error, or has no button for this person.
    """
    async with Browser.start(user) as browser:
        await browser.open(url)


class Browser:
    """One browser of one person, with its cookies.

    Attributes:
        url: The page that is shown.
        text: Its markup.
        words: What of it a person can read.
        forms: Its forms, in their order.
    """

    def __init__(self, client: httpx2.AsyncClient, user: str) -> None:
        self._client = client
        self._user = user
        self.url = ""
        self.text = ""
        self.words = ""
        self.forms: list[Form] = []

    @classmethod
    @contextlib.asynccontextmanager
    async def start(cls, user: str) -> AsyncIterator[Self]:
        """A browser without cookies, gone after the block."""
        # A proxy of the environment must not see a sign-in, so the environment is not asked.
        async with httpx2.AsyncClient(trust_env=False, timeout=_PATIENCE) as client:
            yield cls(client, user)

    async def open(self, url: str) -> None:
        """Go to a page; where the company's sign-in comes up on the way, sign in.

        Raises:
            Stopped: It shows an error, leads elsewhere, or has no button for this person.
        """
        await self._follow("GET", url)
        signing = next((form for form in self.forms if "user" in form.buttons), None)
        if signing is not None:
            if self._user not in signing.buttons["user"]:
                msg = f"The page at {_place(self.url)} has no button for {self._user!r}."
                raise Stopped(msg)
            await self.press(signing, "user", self._user)

    async def press(
        self, form: Form, name: str, value: str, ticked: Mapping[str, list[str]] | None = None
    ) -> None:
        """Press one button of a form, with the boxes that the person ticked.

        Raises:
            Stopped: The form does not lead on.
        """
        fields: dict[str, str | list[str]] = {**form.hidden, **(ticked or {}), name: value}
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.url))
        await self._follow("POST", urljoin(self.url, form.action), fields, {"origin": origin})

    async def press_label(self, label: str) -> None:
        """Press the first button on which `label` stands.

        Raises:
            Stopped: There is none, or it does not lead on.
        """
        for form in self.forms:
            if label in form.labels:
                await self.press(form, *form.labels[label])
                return
        msg = f"No button of the page at {_place(self.url)} says {label!r}: {self.words}"
        raise Stopped(msg)

    async def pair(self) -> int:
        """Pair every editor that the page of Portico's shows, which is pressed one by one.

        Returns:
            How many there were.

        Raises:
            Stopped: A button led nowhere.
        """
        pressed = 0
        while True:
            form = next((form for form in self.forms if "pair" in form.buttons), None)
            if form is None:
                return pressed
            await self.press(form, "pair", form.buttons["pair"][0])
            pressed += 1

    async def _follow(
        self,
        verb: str,
        url: str,
        fields: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        shown = await self._client.request(verb, _loopback(url), data=fields, headers=headers)
        for _ in range(_MOST_STEPS):
            if not shown.is_redirect:
                break
            url = _loopback(urljoin(url, shown.headers["location"]))
            shown = await self._client.get(url)
        page = _Page()
        page.feed(shown.text)
        self.url, self.text, self.forms = url, shown.text, page.forms
        self.words = " ".join(" ".join(page.words).split())
        if shown.is_error or shown.is_redirect:
            msg = f"The page at {_place(url)} ended with status {shown.status_code}: {self.words}"
            raise Stopped(msg)


@dataclass(slots=True)
class Form:
    """One form of a page.

    Attributes:
        action: Where it goes.
        hidden: What it carries unseen.
        buttons: The values of its buttons, by name.
        labels: Name and value of each button, by what stands on it.
        boxes: The values of its boxes, by name.
    """

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)
    boxes: dict[str, list[str]] = field(default_factory=dict)


class _Page(HTMLParser):
    """The forms and the words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._quiet = False
        self._button: tuple[str, str] | None = None
        self._label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._quiet = tag in {"style", "title"}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif not self.forms:
            return
        elif tag == "input" and given.get("type") == "hidden":
            self.forms[-1].hidden[given.get("name", "")] = given.get("value", "")
        elif tag == "input" and given.get("type") == "checkbox":
            boxes = self.forms[-1].boxes.setdefault(given.get("name", ""), [])
            boxes.append(given.get("value", ""))
        elif tag == "button" and "name" in given:
            self._button, self._label = (given["name"], given.get("value", "")), ""
            self.forms[-1].buttons.setdefault(given["name"], []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._quiet = False  # Any end ends the silence.
        if tag == "button" and self._button is not None:
            self.forms[-1].labels.setdefault(" ".join(self._label.split()), self._button)
            self._button = None

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.words.append(data)
            self._label += data


def _loopback(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname != "127.0.0.1":
        msg = f"The sandbox's browser does not open {_place(url)}."
        raise Stopped(msg)
    return url


def _place(url: str) -> str:
    """A URL without its query, which may hold a code."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
