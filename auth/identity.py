"""Who the user is, as the company's issuer signed it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """One person at one issuer.

    Attributes:
        issuer: The OIDC issuer URL.
        subject: The issuer's `sub`; with the issuer it is the person, whatever the name says.
        name: What people call them: `preferred_username`, `email`, `name` or the subject.
        groups: The business groups of the ID token. They filter what is *shown*; enforcement
            is the gateway's and the servers'.
    """

    issuer: str
    subject: str
    name: str
    groups: frozenset[str]

    @property
    def key(self) -> str:
        """A hexadecimal name for files that belong to this person at this issuer."""
        return hashlib.sha256(f"{self.issuer}\0{self.subject}".encode()).hexdigest()
