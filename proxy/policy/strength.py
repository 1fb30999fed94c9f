"""How much a yes is worth by where it was given, and how much each risk needs."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from proxy.policy.risk import Risk

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDER: Final = ("editor", "page", "elicitation", "terminal")
"""Every kind of surface that a rule can name, the strongest first, see `proxy.approval.Surface`."""

SURFACES: Final = frozenset(ORDER)

LEAST_FOR_DESTRUCTIVE: Final = "page"
"""The weakest surface whose yes counts for a destructive call, unless the company demands more."""

LEAST: Final[Mapping[Risk, str]] = MappingProxyType(
    {risk: LEAST_FOR_DESTRUCTIVE if risk is Risk.DESTRUCTIVE else ORDER[-1] for risk in Risk}
)
"""Risk -> the weakest surface that counts where no rule says more."""


def stronger(one: str, other: str) -> str:
    """The stronger of two kinds of surface."""
    return min(one, other, key=ORDER.index)


def at_least(surface: str) -> frozenset[str]:
    """The kinds that are at least as strong."""
    return _AT_LEAST[surface]


_AT_LEAST = {surface: frozenset(ORDER[: place + 1]) for place, surface in enumerate(ORDER)}
