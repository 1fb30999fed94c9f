"""What policy says of a call for whoever is signed in, and what a yes to it is bound to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auth.refresh import SignInNeeded
from proxy.approval import digest
from proxy.approval.lease import Scope
from proxy.exchange.routing import judged, unknown
from proxy.fault import Denied
from proxy.offline import unconfirmed
from proxy.policy.circumstances import Circumstances
from proxy.policy.verdict import Ruling

if TYPE_CHECKING:
    from collections.abc import Callable

    from auth.fault import Fault
    from auth.identity import Identity
    from proxy.catalog import Route
    from proxy.exchange.call import Call
    from proxy.offline import Horizon
    from proxy.policy.verdict import Verdict


class Judging:
    """Judgements on the calls of one hub; none of them waits.

    Args:
        identity: Who is signed in now.
        signs_in: Whether there is a company to sign in to.
    """

    def __init__(self, identity: Callable[[], Identity | None], *, signs_in: bool) -> None:
        self._identity = identity
        self._signs_in = signs_in
        self.horizon: Horizon | None = None
        """Which servers can be reached now; without it, all of them."""

    @property
    def user(self) -> str:
        """Whose calls these are now; empty for nobody."""
        identity = self._identity()
        return identity.key if identity else ""

    def judge(self, call: Call, route: Route) -> Verdict:
        """The verdict on a call that leads here, for who is signed in now."""
        return judged(route, self._who(call))

    def _who(self, call: Call) -> Circumstances:
        identity, session = self._identity(), call.session
        return Circumstances(
            groups=identity.groups if identity else frozenset(),
            user=identity.subject if identity else "",
            host=session.host,
            workspace=session.place,
            arguments=call.arguments,
        )

    def within_reach(self, call: Call, route: Route) -> None:
        """Check that what may be called can be, before anybody is asked about it.

        Raises:
            Offline: Portico is offline, and the server is beyond this computer or needs a group.
            NothingAnswers: The network is away.
        """
        if self.horizon is None:
            return
        self.horizon.check(route.offering)
        if self.horizon.unconfirmed:
            nobody = replace(self._who(call), groups=frozenset())
            if route.offering.groups or judged(route, nobody).ruling is Ruling.DENY:
                raise unconfirmed(route.offering)

    def bound(self, call: Call, route: Route) -> str:
        """What a yes to this call is bound to, see `proxy.approval.digest`."""
        what = call.label(route.tool)
        return digest(self.user, route.offering.server, what, call.arguments, route.definition)

    def scope(self, call: Call, route: Route) -> Scope:
        """Which calls are like this one, for an answer in advance."""
        server, what = route.offering.server, call.label(route.tool)
        return Scope(
            user=self.user,
            server=server,
            tool=what,
            definition=digest(self.user, server, what, None, route.definition),
            host=call.session.host,
            workspace=call.session.workspace,
            session=call.session.id,
            host_pid=call.session.host_pid,
            host_since=call.session.host_since,
        )

    def denial(self, call: Call, verdict: Verdict) -> Fault:
        """What a denied call ends in."""
        if verdict.sign_in:
            return SignInNeeded("Nobody is signed in.")
        if verdict.unknown:
            return self.unknown(call)
        return Denied(verdict.reason, remedy=verdict.remedy)

    def unknown(self, call: Call) -> Fault:
        """What a name ends in that leads nowhere; a hidden server's ends in the same.

        Before anybody is signed in, nothing can be said of any name but that.
        """
        if self._signs_in and self._identity() is None:
            return SignInNeeded("Nobody is signed in.")
        return unknown(call)
