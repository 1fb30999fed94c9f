"""One detached sandbox per folder: who holds it, where it answers, and how it is ended.

A running sandbox holds the folder's lock, which the kernel frees however the process ends. What it
writes into the state file it writes under that lock, so a held lock means that the state is of the
process that holds it, and no other process is ever taken for it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

PATIENCE = 30.0
"""Seconds to wait for a sandbox to come up."""

_LAST_WORDS = 5.0
"""Seconds between asking a sandbox to end and ending it."""


class Trouble(Exception):  # noqa: N818 - the word says it; "error" would add nothing.
    """The sandbox could not do what was asked; the text says why and what to do, for a person."""


@dataclass(frozen=True, slots=True)
class State:
    """A running sandbox.

    Attributes:
        pid: Its process.
        started: When the kernel started that process, in its own words; "" where it does not say.
        issuer: URL of the provider.
        registry: URL of the registry.
        gateway: URL of the gateway.
        setup: Where people join the company.
        fingerprint: Of the key that signs what is served there.
        servers: Short name -> what the registry calls it.
        home: The prepared `PORTICO_HOME`.
        witness: The gateway's log, JSON lines.
        log: What the process itself has to say.
        scenario: Name of the story that it plays, or "".
        person: Login of whom its sign-in page takes everybody for; "" asks.
    """

    pid: int
    started: str
    issuer: str
    registry: str
    gateway: str
    setup: str
    fingerprint: str
    servers: dict[str, str]
    home: str
    witness: str
    log: str
    scenario: str = ""
    person: str = ""


class Folder:
    """The folder of one sandbox.

    Args:
        root: Where it is; it is made, for this user alone, when something is written there.
        named: Whether the person named it, and has to name it again the next time.
    """

    def __init__(self, root: Path, *, named: bool = False) -> None:
        self.root = root
        self._named = named
        self.home = root / "home"
        self.witness = root / "witness.jsonl"
        self.log = root / "sandbox.log"
        self.levers = root / "levers.json"
        self.setup_key = root / "setup-key.pem"
        self._state = root / "state.json"
        self._lock = root / "lock"

    def command(self, word: str) -> str:
        """The command line of `portico sandbox WORD` for this folder, to copy."""
        where = ["--dir", str(self.root)] if self._named else []
        return shlex.join(["portico", "sandbox", word, *where])

    def make(self) -> None:
        """Make the folder and the home in it, private to this user."""
        for each in (self.root, self.home):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
            each.chmod(0o700)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for the length of a sandbox's life.

        Raises:
            Trouble: Another sandbox holds it.
        """
        self.make()
        with self._lock.open("ab") as lock:
            while not _try_lock(lock, fcntl.LOCK_EX):
                # Somebody who only looks shares the lock for an instant; a sandbox never does.
                if self._is_held():
                    msg = (
                        f"A sandbox runs in {self.root} already. `{self.command('down')}` ends it."
                    )
                    raise Trouble(msg)
            yield

    def write(self, state: State) -> None:
        """Say where the sandbox answers; only its own process, holding the lock, may."""
        replace(self._state, json.dumps(asdict(state), indent=2) + "\n")

    def last(self) -> State | None:
        """The state of the sandbox that runs here or ran here last."""
        try:
            return State(**json.loads(self._state.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            # A state that an older version wrote, or that somebody edited, tells us nothing.
            return None

    def running(self) -> State | None:
        """The sandbox that runs here, or None."""
        state = self.last()
        if state is None or not self._is_held() or started(state.pid) != state.started:
            return None
        return state

    def _is_held(self) -> bool:
        try:
            with self._lock.open("rb") as lock:
                return not _try_lock(lock, fcntl.LOCK_SH)
        except FileNotFoundError:
            return False

    def start(self, scenario: str = "", person: str = "") -> State:
        """Start a sandbox that outlives us, and wait until it answers.

        Args:
            scenario: The story that it plays, or "".
            person: Whom its sign-in page takes everybody for, or "".

        Raises:
            Trouble: It did not come up.
        """
        self.make()
        heard, said = os.pipe()
        with os.fdopen(heard, "rb") as answer, self.log.open("ab") as log:
            self.log.chmod(0o600)
            child = subprocess.Popen(
                # Isolated, because a workspace may have its own `sandbox/` or `json.py`.
                [
                    *(sys.executable, "-I", "-m", "sandbox", "up", "--foreground"),
                    *("--dir", str(self.root), "--tell", str(said)),
                    *(("--scenario", scenario) if scenario else ()),
                    *(("--as", person) if person else ()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                pass_fds=(said,),
                start_new_session=True,
            )
            os.close(said)
            # The pipe closes when the child is ready or gone, so there is nothing to poll.
            ready, _, _ = select.select([answer], [], [], PATIENCE)
            if ready:
                answer.read()
        # Of two that start at once, one finds the folder held; both then tell of the same.
        state = self.running()
        if state is None:
            child.kill()
            child.wait()
            msg = f"The sandbox did not come up. Look at the end of {self.log}."
            raise Trouble(msg)
        # It lives on; nobody here waits for it.
        child.returncode = 0
        return state

    def stop(self) -> State | None:
        """End the sandbox that runs here; returns what ran, or None when nothing did.

        Raises:
            Trouble: It does not end.
        """
        state = self.running()
        if state is None:
            return None
        for word in (signal.SIGTERM, signal.SIGKILL):
            if self._end(state, word):
                return state
        msg = f"Process {state.pid} does not end. Look at the end of {self.log}."
        raise Trouble(msg)

    def _end(self, state: State, word: signal.Signals) -> bool:
        """Send one signal to the process that holds the folder; True when it is gone."""
        with contextlib.suppress(ProcessLookupError):
            if sys.platform == "linux":
                handle = os.pidfd_open(state.pid)
                try:
                    # The handle is bound to the process; what it is bound to is checked only now,
                    # so that a process which took over the number meanwhile is left alone.
                    if self.running() == state:
                        signal.pidfd_send_signal(handle, word)
                    select.select([handle], [], [], _LAST_WORDS)
                finally:
                    os.close(handle)
            else:
                os.kill(state.pid, word)
                until = time.monotonic() + _LAST_WORDS
                while self.running() is not None and time.monotonic() < until:
                    time.sleep(0.05)
        return self.running() is None


def _try_lock(file: BinaryIO, kind: int) -> bool:
    """Take a lock without waiting; True when it was free."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def started(pid: int) -> str:
    """When the kernel started a process, in ticks since boot; "" when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    # The name in parentheses may hold spaces; what follows the last one is numbers.
    return text.rpartition(")")[2].split()[19]


def replace(path: Path, text: str) -> None:
    """Write a private file whole or not at all."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
