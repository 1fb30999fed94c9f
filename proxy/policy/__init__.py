"""Who may call what, and when a person is asked first: plain values and plain functions."""

from proxy.policy.circumstances import Circumstances
from proxy.policy.verdict import RISKY, Ruling, Verdict, explanation, judge, judge_listing

__all__ = [
    "RISKY",
    "Circumstances",
    "Ruling",
    "Verdict",
    "explanation",
    "judge",
    "judge_listing",
]
