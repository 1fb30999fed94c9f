"""Where Portico lives on this machine.

The answer depends on the user id, the home folder and `PORTICO_HOME` alone. Hosts start programs
with reduced environments (one passes only HOME, PATH, SHELL and TERM), so the `XDG_*` variables are
deliberately not read: two windows of one user must never find two homes.

The shim imports this module, so it needs nothing but a few light modules of the standard library;
paths are plain strings because `pathlib` would cost it more than all the rest.
"""

from __future__ import annotations

import hashlib
import os
import stat


class NoHome(OSError):  # noqa: N818 - it says what there is: none.
    """`PORTICO_HOME` names no folder; the text says why."""


class Home:
    """The folders of one Portico: where its configuration, state and hub are.

    Attributes:
        root: What `PORTICO_HOME` says, or the user's home folder.
        own: Whether `PORTICO_HOME` chose this home.
        configuration: Folder of `portico.toml`.
        state: Folder of the audit, the sealed sign-in and the log; it survives everything.
        cache: Folder of snapshots; it may be deleted at any time.
        run: Folder of the hub's socket and locks, private to this user, on a short path, because
            the path of a Unix socket holds about 100 bytes.
        keyring_service: The name under which the operating system's keyring knows this home.
    """

    __slots__ = ("cache", "configuration", "keyring_service", "own", "root", "run", "state")

    def __init__(self, root: str, *, own: bool) -> None:
        self.root = root
        self.own = own
        self.configuration = root if own else f"{root}/.config/portico"
        self.state = f"{root}/state" if own else f"{root}/.local/state/portico"
        self.cache = f"{root}/cache" if own else f"{root}/.cache/portico"
        name = hashlib.sha256(os.fsencode(self.configuration)).hexdigest()[:12]
        # The sticky bit keeps others from removing it; make_run checks owner, mode and links.
        self.run = f"/tmp/portico-{os.getuid()}-{name}"  # noqa: S108
        self.keyring_service = f"portico-{name}" if own else "portico"

    @classmethod
    def find(cls, environment: dict[str, str] | None = None) -> Home:
        """The home that this process belongs to.

        Raises:
            NoHome: `PORTICO_HOME` is relative, and would be another home in every folder.
        """
        env = os.environ if environment is None else environment
        own = env.get("PORTICO_HOME", "")
        if own and not os.path.isabs(own):
            msg = f"PORTICO_HOME must be an absolute path, and {own!r} is relative."
            raise NoHome(msg)
        if own:
            return cls(os.path.realpath(own), own=True)
        home = env.get("HOME", "")
        return cls(os.path.realpath(home if os.path.isabs(home) else _account_home()), own=False)

    @property
    def file(self) -> str:
        """Path of `portico.toml`."""
        return f"{self.configuration}/portico.toml"

    @property
    def socket(self) -> str:
        """Path of the hub's Unix socket."""
        return f"{self.run}/hub"

    @property
    def lock(self) -> str:
        """Path of the lock that a living hub holds."""
        return f"{self.run}/lock"

    @property
    def birth(self) -> str:
        """Path of the lock that whoever starts a hub holds meanwhile."""
        return f"{self.run}/birth"

    @property
    def log(self) -> str:
        """Path of the hub's log."""
        return f"{self.state}/hub.log"

    @property
    def audit(self) -> str:
        """Path of the audit."""
        return f"{self.state}/audit.sqlite3"

    def environment(self) -> dict[str, str]:
        """The whole environment of this home's hub, whoever starts it."""
        fixed = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        if self.own:
            return {**fixed, "HOME": _account_home(), "PORTICO_HOME": self.root}
        return {**fixed, "HOME": self.root}

    def make_run(self) -> None:
        """Make the run folder, or check that the one there is ours and private.

        Raises:
            PermissionError: Somebody else made it, it is a link, or others may enter it.
        """
        try:
            os.mkdir(self.run, 0o700)
        except FileExistsError:
            self.check_run()

    def check_run(self) -> None:
        """Check that the run folder is ours and private: whoever else made it could be anybody.

        Raises:
            FileNotFoundError: There is none.
            PermissionError: Somebody else made it, it is a link, or others may enter it.
        """
        found = os.lstat(self.run)
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
        if not ours or stat.S_IMODE(found.st_mode) & 0o077:
            msg = f"{self.run} is not a private folder of this user. Remove it and try again."
            if found.st_uid != os.getuid():
                msg = f"{self.run} belongs to somebody else. Have an administrator remove it."
            raise PermissionError(msg)


def _account_home() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_dir
