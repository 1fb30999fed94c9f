"""How reading the registry can fail. The last good copy goes on serving through all of them."""

from __future__ import annotations

from auth.fault import Fault, Who


class RegistryFault(Fault):
    """The registry could not be read."""

    reference = "registry-fault"
    who = Who.COMPANY
    remedy = "Tell the platform team that runs the registry."


class RegistryUnreachable(RegistryFault):
    """Nobody answered, or the registry itself is in trouble (HTTP 429, 5xx)."""

    reference = "registry-unreachable"
    who = Who.NOBODY
    remedy = "Check the network or VPN; Portico tries again by itself."


class RegistrySignInNeeded(RegistryFault):
    """The registry does not accept the user's token, or wants one (HTTP 401)."""

    reference = "registry-sign-in-needed"
    who = Who.PERSON
    remedy = "Sign in: run `portico login`, or use your editor's sign-in."


class RegistryForbidden(RegistryFault):
    """The registry knows the user and refuses (HTTP 403)."""

    reference = "registry-forbidden"
    remedy = "Ask the platform team for access to the registry, or to correct `registry_audience`."


class RegistryMalformed(RegistryFault):
    """What answered is not a registry of API v0.1, or sent what such a registry never sends."""

    reference = "registry-malformed"
    remedy = "Check `registry` in portico.toml, then tell the platform team that runs it."
