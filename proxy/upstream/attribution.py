"""Whose a question is that a server asks without saying which call it is about; pure.

Over stdio, and on the stream of a legacy session, a question has no link to the call that raised
it. It can only have been raised by a call that was open when it came. Calls of one window are one
person's, so any of them may carry it; between windows nothing is guessed: the question waits until
the calls of all windows but one have ended, and is refused when each of them may wait for one.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Message = dict[str, Any]
Ruling = tuple[Message, int | None]
"""A question, and the call that carries it; None refuses it."""


class Attribution:
    """The calls that may be asked on one connection, and the questions that are not placed yet."""

    def __init__(self) -> None:
        self._open: dict[int, str] = {}
        self._only: dict[int, str] = {}
        self._placed: Counter[int] = Counter()
        self._held: list[tuple[Message, frozenset[int]]] = []

    def opened(self, call: int, client: str, only: str = "") -> None:
        """A call of a client that can be asked has begun; `only` this method, where it is named."""
        self._open[call] = client
        if only:
            self._only[call] = only

    def closed(self, call: int) -> list[Ruling]:
        """A call has ended; what that decides."""
        self._open.pop(call, None)
        self._only.pop(call, None)
        self._placed.pop(call, None)
        return self._settle()

    def arrived(self, question: Message) -> list[Ruling]:
        """A question came; what can be decided."""
        method = question.get("method")
        fitting = frozenset(c for c in self._open if self._only.get(c, method) == method)
        self._held.append((question, fitting))
        return self._settle()

    def withdrawn(self, identifier: object) -> None:
        """The server takes back a question."""
        self._held = [(q, calls) for q, calls in self._held if q.get("id") != identifier]

    def single(self) -> bool:
        """Whether all open calls are of one client."""
        return len(self._clients(call for call in self._open if call not in self._only)) == 1

    def _settle(self) -> list[Ruling]:
        rulings: list[Ruling] = []
        held: list[tuple[Message, frozenset[int]]] = []
        waiting: set[str] = set()
        for question, calls in self._held:
            left = [call for call in self._open if call in calls]
            clients = self._clients(left)
            if len(clients) > 1:
                held.append((question, calls))
                waiting |= clients
            else:
                rulings.append((question, self._carrier(left)))
        if held and len(held) >= len(waiting):
            rulings += [(question, None) for question, _ in held]
            held = []
        self._held = held
        return rulings

    def _clients(self, calls: Iterable[int]) -> set[str]:
        return {self._open[call] for call in calls}

    def _carrier(self, calls: list[int]) -> int | None:
        """The call that carries a question: the oldest of those that carry the fewest."""
        if not calls:
            return None
        carrier = min(calls, key=lambda call: self._placed[call])
        self._placed[carrier] += 1
        return carrier
