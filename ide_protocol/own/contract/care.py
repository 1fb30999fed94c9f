"""What the doctor finds, and what becomes of a host's own servers."""

from __future__ import annotations

from typing import Literal, TypedDict


class ChainLink(TypedDict):
    """One link of the chain that a sign-in hangs on; `skipped` where one before it failed.

    `expected` says what should be so, `finding` what is; `who` acts and `remedy` says what they do,
    both empty where all is well, as is `reference`.
    """

    name: str
    expected: str
    state: Literal["ok", "warning", "failed", "skipped"]
    finding: str
    who: str
    remedy: str
    reference: str


class Check(TypedDict):
    """One finding of the doctor; `remedy` is empty when all is well."""

    name: str
    state: Literal["ok", "warning", "failed"]
    finding: str
    remedy: str


class TakenOver(TypedDict):
    """What becomes of one server of a host's file when Portico takes it over.

    `taken` is written into portico.toml, `there` stands there already, `approved` is behind Portico
    as `server`, `portico` is its own entry, and `left` stays where it is for `reason`. `toml` is
    what is written; `secrets` are the names of those that are kept sealed, `missing` of those that
    a person has to keep yet.
    """

    name: str
    fate: Literal["taken", "there", "approved", "portico", "left"]
    server: str
    reason: str
    toml: str
    secrets: list[str]
    missing: list[str]
