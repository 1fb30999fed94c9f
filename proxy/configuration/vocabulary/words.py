"""The words that keys take, as the policy knows them."""

from __future__ import annotations

from typing import Final

from proxy.policy.risk import Confirm, Risk
from proxy.policy.ruling import Ruling

RISKS: Final = tuple(risk.value for risk in Risk)
LEASED: Final = tuple(risk.value for risk in Risk if risk is not Risk.DESTRUCTIVE)
"""The risks for which a lease may be given."""
CONFIRMS: Final = tuple(confirm.value for confirm in Confirm)
VERDICTS: Final = tuple(ruling.value for ruling in Ruling)
