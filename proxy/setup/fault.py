"""What can be wrong with a company's set-up. Each of these denies everything, but the last five."""

from __future__ import annotations

from auth.fault import Fault, Who


class SetupAltered(Fault):
    """The set-up on this machine is not the one that a person accepted."""

    reference = "setup-altered"
    who = Who.PERSON
    remedy = (
        "Run `portico setup` with your company's address and compare the fingerprint; ask yourself "
        "which program changed the file."
    )


class SetupMissing(Fault):
    """A person accepted a set-up, and its file is gone."""

    reference = "setup-missing"
    who = Who.PERSON
    remedy = "Run `portico setup` with your company's address again."


class SetupLocked(Fault):
    """Whether the set-up is the one that was accepted cannot be told without the keyring."""

    reference = "setup-locked"
    who = Who.PERSON
    remedy = "Unlock the desktop's keyring, then run `portico hub stop`."


class SetupUnusable(Fault):
    """An administrator's set-up cannot be used, so everything is denied; `data` says why."""

    reference = "setup-unusable"
    who = Who.COMPANY
    remedy = "Have your administrator correct the file."


class SetupRefused(Fault):
    """A document at the company's address is no set-up that Portico can take."""

    reference = "setup-refused"
    who = Who.COMPANY
    remedy = "Tell your platform team; nothing was changed on this machine."


class SetupNotTheirs(Fault):
    """A set-up is signed by another key than the one that was expected."""

    reference = "setup-not-theirs"
    who = Who.PERSON
    remedy = "Do not accept it; ask your platform team for the fingerprint, by another way."


class SetupRolledBack(Fault):
    """The address serves an older set-up than the one in force."""

    reference = "setup-rolled-back"
    who = Who.COMPANY
    remedy = "Tell your platform team; the one in force stays."


class SetupManaged(Fault):
    """An administrator set this machine up, so nobody else does."""

    reference = "setup-managed"
    who = Who.COMPANY
    remedy = "Ask your administrator; `portico setup show` says what holds."


class SetupChanged(Fault):
    """The company has a newer set-up, which counts only once the person has seen what differs."""

    reference = "setup-changed"
    who = Who.PERSON
    remedy = "Look at what changed with `portico setup review`."
