"""A process that holds the person's sign-in: `python -m tests.process.holder FOLDER ISSUER`.

It does what it is told line by line, and answers each line with one of its own: `later SECONDS`
moves its clock on, `token AUDIENCE` answers with a token or with the reference of a fault.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

from auth.account import Account
from auth.fault import Fault
from auth.network import Network
from auth.sealed_store import SealedStore
from sandbox.company import AUDIENCE, CLIENT_ID, REGISTRY_AUDIENCE, SCOPES
from tests.node import ROOT
from tests.process.sealed import FileKeyring

if TYPE_CHECKING:
    from collections.abc import Callable


def account(folder: str, issuer: str, clock: Callable[[], float] = time.time) -> Account:
    """The account of whoever signed in, the same for every process of this folder."""
    store = SealedStore(
        f"{folder}/sign-in",
        service="portico-test",
        binding=f"{issuer} {CLIENT_ID}",
        keyring_backend=FileKeyring(f"{folder}/keyring"),
    )
    return Account(
        issuer=issuer,
        client_id=CLIENT_ID,
        scopes=SCOPES,
        groups_claim="groups",
        audiences=[AUDIENCE, REGISTRY_AUDIENCE],
        network=Network(),
        store=store,
        clock=clock,
    )


async def _serve(folder: str, issuer: str) -> None:
    ahead = 0.0
    holder = account(folder, issuer, lambda: time.time() + ahead)
    await holder.load()
    for line in iter(sys.stdin.readline, ""):
        word, _, said = line.strip().partition(" ")
        if word == "later":
            ahead += float(said)
            answer = "later"
        else:
            try:
                answer = (await holder.grant(said).token()).reveal()
            except Fault as fault:
                answer = fault.reference
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    await holder.aclose()


class Holder:
    """One such process, from outside."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, folder: str, issuer: str) -> Holder:
        """Start one."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.process.holder", folder, issuer),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return cls(process)

    def tell(self, line: str) -> None:
        """Tell it what to do, without waiting."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())

    async def ask(self, line: str) -> str:
        """Tell it what to do; its answer."""
        self.tell(line)
        assert self.process.stdout is not None
        answer = await asyncio.wait_for(self.process.stdout.readline(), 120)
        return answer.decode().strip()

    async def kill(self) -> None:
        """End it as the kernel does: it has no moment left to put anything right."""
        self.process.kill()
        await self.process.wait()


if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:]))
