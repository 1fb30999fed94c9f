"""A process that is killed in the middle of a refresh: `python killed.py FACTS`.

It asks for a token, and the moment the issuer has given the next refresh token, before that is
kept, it ends as by `kill -9`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from auth.wallet import Wallet
from tests.providers.conftest import KINDS, Desk
from tests.providers.place import Sandbox


async def _killed(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(facts: dict[str, object]) -> None:
    """Ask for a token, and do not come back."""
    kind = KINDS.get(str(facts["name"]), Sandbox)
    folder = Path(str(facts.pop("folder")))
    desk = Desk(kind(**facts), folder, later=1000.0)  # type: ignore[arg-type]
    account = desk.account()
    await account.load()
    setattr(Wallet, "keep", _killed)  # noqa: B010 - it is not meant to be replaced.
    await account.grant(desk.place.audiences[0]).token()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
