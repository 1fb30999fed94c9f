"""How a shim finds the hub, or brings one to life.

Two locks make it free of races and of polling. Whoever finds nobody listening takes the *birth*
lock, looks again, and then takes the *hub* lock, which a living hub holds until it has closed its
listener: the kernel frees it even after SIGKILL. Holding both, the shim binds and listens itself,
hands lock and listener to a detached child, and connects at once: the kernel queues the connection
until the child accepts it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, NoReturn

from ide_protocol.door import hello

if TYPE_CHECKING:
    from collections.abc import Iterator

    from proxy.home import Home

PATIENCE = 15
"""Seconds to wait for a lock or for the hub's first line before giving up."""

_BACKLOG = 128
_TRIES = 3
_LOG_LIMIT = 4 * 1024 * 1024


class NoHub(Exception):  # noqa: N818 - the word says it; "error" would add nothing.
    """No hub could be reached or started; the text says why, for a person."""


class HubLeft(NoHub):
    """The only hub there was left when somebody knocked."""


def find(home: Home) -> socket.socket | None:
    """A connection to the living hub of `home`, or None when nobody listens.

    Raises:
        PermissionError: The run folder is not ours, so whoever listens there is not our hub.
    """
    try:
        home.check_run()
    except FileNotFoundError:
        return None
    knock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        knock.connect(home.socket)
    except OSError:
        knock.close()
        return None
    return knock


def connect(home: Home, greeting: bytes, *, start: bool = True) -> tuple[socket.socket, bytes]:
    """Reach the hub, starting one if need be, and exchange hellos.

    Returns:
        The connection, and what the hub sent after its hello.

    Raises:
        NoHub: No hub answered, or it refused.
        HubLeft: None was to be started, and the one that listened left instead of serving.
    """
    left = False
    with _bounded():
        # A hub may die between our connecting and its answering, and its folder may be swept
        # away while we wait in it; the next try finds that out.
        for _ in range(_TRIES):
            connection = find(home)
            if connection is None and start:
                home.make_run()
                connection = _give_birth(home)
            if connection is None:
                continue
            words, rest = _greet(connection, greeting)
            if words is None or words.get("drained"):
                left = True
                connection.close()
                continue
            if "error" in words:
                raise NoHub(str(words["error"]))
            return connection, rest
    if left and not start:
        raise HubLeft("The hub has ended.")
    msg = f"No hub answered. Look at {home.log}, or run `portico doctor`."
    raise NoHub(msg)


def _greet(connection: socket.socket, greeting: bytes) -> tuple[dict[str, object] | None, bytes]:
    """Say hello; None means that the hub went away instead of answering."""
    heard = b""
    try:
        connection.sendall(greeting)
        while b"\n" not in heard:
            part = connection.recv(4096)
            if not part:
                return None, b""
            heard += part
    except ConnectionError:
        return None, b""
    line, _, rest = heard.partition(b"\n")
    try:
        return hello.read(line), rest
    except ValueError:
        msg = "Something that is not Portico listens on the hub's socket."
        raise NoHub(msg) from None


def sweep(home: Home) -> None:
    """Wait until the hub that was told to stop is gone, then remove its run folder.

    Does nothing where another hub is being born or lives already.

    Raises:
        NoHub: The old hub does not end.
    """
    with _bounded(), contextlib.suppress(FileNotFoundError), open(home.birth, "rb+") as birth:
        fcntl.flock(birth, fcntl.LOCK_EX)
        successor = find(home)
        if successor is not None:
            successor.close()
            return
        with open(home.lock, "rb+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for path in (home.socket, home.lock, home.birth):
                os.unlink(path)
            os.rmdir(home.run)


def _give_birth(home: Home) -> socket.socket | None:
    """Start a hub, or find the one that somebody else just started; None when to look again."""
    with open(home.birth, "ab") as birth:
        fcntl.flock(birth, fcntl.LOCK_EX)
        if not _is_at(birth.fileno(), home.birth):
            return None
        somebody = find(home)
        if somebody is not None:
            return somebody
        lock = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # A hub that is leaving closes its listener before it lets go of this lock.
            fcntl.flock(lock, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(home.socket)
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
                listener.bind(home.socket)
                listener.listen(_BACKLOG)
                _spawn(home, lock, listener.fileno())
        finally:
            os.close(lock)
    connection = find(home)
    if connection is None:
        msg = f"The hub went away while it was starting. Look at {home.log}."
        raise NoHub(msg)
    return connection


def _is_at(descriptor: int, path: str) -> bool:
    """Whether an open file is still the one at `path`: a swept folder takes its locks along."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _spawn(home: Home, lock: int, listener: int) -> None:
    """Start the hub, detached twice over: a host that kills our process tree must not find it."""
    os.makedirs(home.state, mode=0o700, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        if os.stat(home.log).st_size > _LOG_LIMIT:
            os.replace(home.log, f"{home.log}.1")
    log = os.open(home.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            if os.fork() == 0:
                _become_hub(home, lock, listener, log)
        except OSError as wrong:
            os.write(log, f"hub could not start: {wrong}\n".encode())
        finally:
            os._exit(0)
    os.close(log)
    os.waitpid(child, 0)


def _become_hub(home: Home, lock: int, listener: int, log: int) -> NoReturn:
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, target)
    for inherited in (lock, listener):
        os.set_inheritable(inherited, True)
    command = [sys.executable, "-I", "-m", "ide_protocol.process", str(lock), str(listener)]
    os.execve(command[0], command, home.environment())  # noqa: S606 - no shell is wanted


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """Bound the blocking waits inside by an alarm: rare, so nothing is paid where nothing waits."""

    def late(*_: object) -> NoReturn:
        msg = f"No hub answered within {PATIENCE} seconds. Run `portico doctor`."
        raise NoHub(msg)

    before = signal.signal(signal.SIGALRM, late)
    timer = signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)
