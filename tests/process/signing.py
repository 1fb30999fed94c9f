"""Signing in as a person does: the editor shows the page, and the browser presses a button."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sandbox.browser import Browser
from sandbox.verifier import Refusal, Verifier

if TYPE_CHECKING:
    import pytest

    from sandbox.company import Company
    from sandbox.editor import Editor
    from sandbox.grants import Family
    from sandbox.verifier import Caller


class Pages:
    """The pages that editors were asked to show.

    Args:
        editors: Whoever may be asked.
    """

    def __init__(self, *editors: Editor) -> None:
        self._shown: asyncio.Queue[str] = asyncio.Queue()
        for editor in editors:
            editor.on("window/showDocument", self._show)

    @property
    def unread(self) -> int:
        """How many pages nobody looked at yet."""
        return self._shown.qsize()

    async def next(self) -> str:
        """The next page, as soon as it is shown."""
        return await asyncio.wait_for(self._shown.get(), 120)

    async def _show(self, params: dict[str, Any]) -> object:
        self._shown.put_nowait(params["uri"])
        return {"success": True}


async def sign_in(editor: Editor, user: str) -> None:
    """Sign in as `user` at an editor's window, and pair every editor that is open."""
    pages = Pages(editor)
    signing = asyncio.ensure_future(editor.request("portico/signIn", {}))
    async with Browser.start(user) as browser:
        await browser.open(await pages.next())
        assert (await signing)["user"]["subject"] == user
        await browser.pair()


class Issued:
    """The access tokens that a company gave out, and the gateway's memory of those it refuses.

    Attributes:
        audiences: The audience of each token so far, in order.
    """

    def __init__(self, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
        self.audiences: list[str] = []
        self._tokens: set[str] = set()
        self._spent: frozenset[str] = frozenset()
        mint, caller = company.provider._mint, Verifier.caller
        give = mint.access_token

        def given(family: Family, audience: str, lifetime: float) -> str:
            token = give(family, audience, lifetime)
            self.audiences.append(audience)
            self._tokens.add(token)
            return token

        async def checked(verifier: Verifier, sent: list[str]) -> Caller:
            if any(header.partition(" ")[2] in self._spent for header in sent):
                raise Refusal(401, "Jwt_is_expired")
            return await caller(verifier, sent)

        monkeypatch.setattr(mint, "access_token", given)
        monkeypatch.setattr(Verifier, "caller", checked)

    def expire(self) -> None:
        """From now on, every token given out so far is refused with 401."""
        self._spent = frozenset(self._tokens)
